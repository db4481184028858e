# See copy-console: escape sequences, control characters of one and of two bytes, and the time that journald inside puts
# before what it forwards. A NUL would end the line for journald.
s/\x1b(\[[0-?]*[ -/]*[@-~]|[]PX^_][^\x07\x1b]*(\x07|\x1b\\)?|[ -/]*[0-~])//g
s/\x00//g
s/\xc2[\x80-\x9f]//g
s/[\x01-\x08\x0b-\x1f\x7f]//g
s/^\[ *[0-9]+\.[0-9]{6}\] //
