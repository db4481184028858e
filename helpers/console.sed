# Makes plain text of the output of a sandbox. Removes escape sequences. Control characters of one byte become blanks; a
# NUL would end the line for journald. Those of two bytes are removed in whole runs, because removing one pair could
# join the bytes of another.
s/\x1b(\[[0-?]*[ -/]*[@-~]|[]PX^_][^\x07\x1b]*(\x07|\x1b\\)?|[ -/]*[0-~])//g
y/\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x7f/                               /
s/\xc2+[\x80-\x9f]+//g
