"""The catalogue as a static site: what the specs, the offline catalogue and the lake know of each dataset, as pages.

publication  what a manifest in the lake says of one publication
history      which commit wrote a line that still stands
dataset      what the site tells of a dataset
chart        rows over time, as the bars of a small picture
freshness    whether a dataset is as new as its schedule promises
pages        the pages, written
templates/, assets/  their HTML, style and search
"""
