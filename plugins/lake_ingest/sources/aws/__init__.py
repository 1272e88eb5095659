"""What sources that are services of AWS share; none of them is known here.

identity   in whose name requests are signed; a role is assumed again when its credentials expire
service    one request after another, counted
failure    what a service refuses, in one sentence
"""
