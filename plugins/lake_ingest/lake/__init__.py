"""Everything that speaks to S3.

bucket     the few operations a run needs, and failures told in one sentence
upload     a stream of bytes into one object, in bounded memory
"""
