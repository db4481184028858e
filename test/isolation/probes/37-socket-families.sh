# Tries: make sockets that reach past the network namespace or deep into the kernel: packet, vsock, netlink of uevents, netfilter, generic, xfrm and connector, AF_ALG, AF_KEY, XDP, bluetooth, can, raw tun by ioctl.
# Must: make none, or with CAP_NET_ADMIN only those that it is for. [surface]
py <<'E2'
hit=[]; r=[]
caps=[int(l.split()[1],16) for l in open("/proc/self/status") if l.startswith("CapEff")][0]
given=("packet","packet dgram","netlink netfilter","netlink xfrm","netlink generic") if caps>>12&1 else ()
for n,f,t,p in (("packet",17,3,socket.htons(3)),("packet dgram",17,2,0),("vsock",40,1,0),("netlink uevent",16,3,15),("netlink netfilter",16,3,12),("netlink xfrm",16,3,6),("netlink connector",16,3,11),("netlink selinux",16,3,7),("netlink crypto",16,3,21),("netlink generic",16,3,16),("alg",38,5,0),("key",15,3,2),("xdp",44,3,0),("bluetooth",31,3,0),("can",29,3,1),("kcm",41,5,0),("smc",43,1,0),("tipc",30,4,0),("qrtr",42,2,0)):
    try: socket.socket(f,t,p).close(); (r if n in given else hit).append(n)
    except OSError as e: r.append("%s %s"%(n,name(e.errno)))
breach(", ".join(hit)) if hit else blocked(", ".join(r))
E2
