"""What is right, and how sure that is.

In: a case (problem, instance, operation, dtype), whose function stands once more in the problem's `oracle.py`. Out: its
reference, with an error bound where ball arithmetic can prove one, and the verdict on a result that is held against it.

reference             what results are judged by, cached by content
compute               how a reference is made
certified             answers with proved error bounds; tie_sides: where a comparison finds equal numbers
extended              80-bit arithmetic, for what cannot be certified and for conditioning
conditioning          how far rounding of the inputs may move a result
agreement             the comparison of a result with its reference

What an oracle computes with, from numbers to derivatives:

number_kinds          balls and 80-bit numbers; matrix_products: products of balls
elementary_functions  the table of functions and their slopes
jets                  Taylor series; reverse_mode: the record of an evaluation, and the sweep over it
oracle_arrays         the arrays; array_functions, linear_algebra, complex_arrays: NumPy's functions of them
oracle_modules        numpy and scipy.special as an oracle sees them; oracle_calls: the call of its function
derivatives           gradients, Hessians, Jacobians; iterations: descent and Newton's method
"""
