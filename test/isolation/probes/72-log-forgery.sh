# Tries: forge lines in the host's journal through the console: priorities (<0>, also where a long line is cut), escape sequences and control characters, a line of another unit.
# Must: arrive as plain text of the sandbox, at its own priority. [info]
py <<'E2'
m=b"isomx-forged-"+E("ISO_NAME").encode(); l=[b"<0>"+m+b" emergency",b"<3>"+m+b" error",b"\r<1>"+m+b" after a return",b"\x1b]0;"+m+b"\x07\x1b[2J\x1b[31m<2>"+m+b" colour\x1b[0m",b"\x9b31m"+m+b"\x08\x08\x7f",b"<0"+b">"*3+m,
   b"\x1b[<0>"+m,m+b"\x00<0>"+m,b"\xc2\x9b31m<0>"+m,b"[    0.000000] <0>"+m]
for w in (1024,2048,4096,8000,8192,16384,49152-1,49152): l.append(b"y"*w+b"<0>"+m+b" cut at %d"%w)
l.append((b"<0>"+m)*9000)
fd=os.open("/dev/console",os.O_WRONLY|os.O_NOCTTY|os.O_NONBLOCK); n=0; end=time.time()+15
for x in l:
    x=b"\n"+x+b"\n"
    while x and time.time()<end:
        try: k=os.write(fd,x); n+=k; x=x[k:]
        except BlockingIOError: time.sleep(0.02)
time.sleep(2); blocked("%d bytes written to the console"%n)
E2
