{% broken
