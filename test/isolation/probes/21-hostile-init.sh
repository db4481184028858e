# Tries: make PID 1 hostile (hostile.c): with another root whose usr is a link, mounts over what the host may execute, formats of programs, another topmost root, a seccomp listener, deep control groups, a user namespace of its own; and look at, trace and rob whatever enters by any verb of the product.
# Must: get nothing of the host, and nothing that a service does not have; the verbs and a stop must not hang. [escape]
err "nobody entered"
