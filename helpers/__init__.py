"""What the lessons share: data, pictures, shown errors and checked exercises.

`import helpers` is light; TensorFlow is only imported by the lessons themselves.
"""

from helpers.errors import CourseError, expected_error, expected_warning
from helpers.quiet import quiet_import

__all__ = ["CourseError", "expected_error", "expected_warning", "quiet_import"]
