"""A person at Airflow's pages, in Debian's Chromium.

chromium     find the browser, and start it
person       signs in, looks, and has each click counted
stories      what a person of a unit comes for, in at most three clicks
screenshots  `make screenshots`: the same stories on the sample DAGs, as pictures for the documents
"""
