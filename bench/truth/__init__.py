"""What is right, and how sure that is.

In: a case (problem, instance, operation, dtype), whose function stands once more in the problem's `oracle.py`. Out: its
reference, with an error bound where ball arithmetic can prove one, and the verdict on a result that is held against it.

reference        what results are judged by, cached by content
compute          how a reference is made
certified        answers with proved error bounds, by `ball_arithmetic`
extended         80-bit arithmetic, for what cannot be certified and for conditioning
iterations       gradient descent and Newton's method for both arithmetics, and the table of operations
reverse_mode     arrays that record their operations; matrix_products: what NumPy lacks for them
conditioning     how far rounding of the inputs may move a result
agreement        the comparison of a result with its reference
"""
