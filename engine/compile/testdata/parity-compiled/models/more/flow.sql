[1] [2<in>]
6
1a1,2b2
1/(2, 3)/{'k': 'v'} 11 13 deep! 5
|||||
MSG
3 2 2
{'a': 1, 'b': ['x', 'y'], 'c': {'d': None}} {"a": 1, "b": ["x", "y"], "c": {"d": null}}
'o''clock' a-00007     x| ['a', 'b'] 1+2+3
[('a', 2), ('b', 1)] [['a'], ['b']] True True False []
no package True True False
5 {'k': ['a'], 'z': ['q']}
42