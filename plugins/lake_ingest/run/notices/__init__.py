"""Who is told what: each trouble of a dataset once, and its end once.

notice   what a notice says, to people and to chat
topic    where it is sent
telling  a trouble that a run meets
watch    what no run can tell: that a dataset is late, and that a trouble is over
"""
