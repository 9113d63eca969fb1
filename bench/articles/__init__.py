"""The examples of three articles: what each claims, what computed values make of it, and its picture.

In: the cases that a claim names, run as cells. Out: a verdict for each claim, and pictures (drawings/).
"""
