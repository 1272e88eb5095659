"""What the lake reads from.

source        the seam: what a source gives, and the frozen values that cross it
registry      which kinds there are; opens one
salesforce/   the first
"""
