"""Courses, credits, grades, decisions, transcripts, requirements, mastery and plans: values in, values out.

This package will hold the rules by which an accredited program turns verified credentials into a transcript. It reads
no clock, opens no socket and knows no framework, so that every decision can be replayed from its arguments.
"""
