# Tries: make and open nodes for dangerous devices: mem, port, kvm, fuse, tun, loop-control, mapper, vhost, rtc, uinput, snd, gpu, usb, watchdog (only made).
# Must: be refused by mknod or open. [escape]
py <<'E2'
r=set(); hit=[]
devs=(("mem",1,1),("port",1,4),("kmsg",1,11),("kvm",10,232),("fuse",10,229),("tun",10,200),("loop-control",10,237),("mapper",10,236),("vhost-net",10,238),("vhost-vsock",10,241),("rtc",252,0),("uinput",10,223),("gpu",226,128),("hpet",10,228),("cpu_dma_latency",10,125),("userfaultfd",10,126))
for d in (W,"/dev","/run","/tmp","/dev/shm","/root"):
    for n,a,b in devs:
        p="%s/isomx-%s"%(d,n)
        try: os.mknod(p,0o600|stat.S_IFCHR,os.makedev(a,b))
        except OSError as e: r.add("mknod "+name(e.errno)); continue
        try: os.close(os.open(p,os.O_RDWR|os.O_NONBLOCK)); hit.append(p)
        except OSError as e: r.add("open "+name(e.errno)); e.errno in (errno.ENXIO,errno.ENODEV) and hit.append("%s (not there, but allowed)"%p)
        os.unlink(p)
breach(", ".join(hit)) if hit else blocked(", ".join(sorted(r)))
E2
