# Tries: flood the console, and so the host's journal, for some seconds: many lines, then one line without end.
# Must: leave the host able to log, make it keep only a limited part, and take none of its memory. [dos]
py <<'E2'
fd=os.open("/dev/console",os.O_WRONLY|os.O_NOCTTY|os.O_NONBLOCK)
def pour(b,seconds):
    n=0; end=time.time()+seconds
    while time.time()<end:
        try: n+=os.write(fd,b)
        except BlockingIOError: time.sleep(0.002)
    return n
a=pour(b"isomx-flood\n"*300,3); b=pour(b"z"*4000,3); pour(b"\n",1)
blocked("%d lines, %d MB in one line"%(a//12,b>>20))
E2
