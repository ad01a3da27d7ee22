"""The wallet: keeps what learners earn, arranges it, and shares it when a person says so.

Everything personal is sealed under a data key of its family or its learner; what stands in clear is ids, states and
times.
A signature by a learner's key is made inside an approved claim or an approved share, and nowhere else.
"""
