# Tries: read another container's file by its path, by file handle (given, because brute force would find it), and beside the root of the own tree.
# Must: find nothing. [escape]
[ -n "$ISO_VICTIM" ] || err "no other container: VICTIM_TREE"
for f in "$ISO_VICTIM" /../../"${ISO_VICTIM#/}" /proc/1/root/../../../../.."$ISO_VICTIM" /usr/../../..'/victim/root/var/lib/isomx-victim'; do
  grep -q "$TOK" "$f" 2>/dev/null && breach "read $f"
done
py <<'E2'
r=set()
if E("ISO_VHANDLE"):
    ty,hx=E("ISO_VHANDLE").split(":"); b=bytes.fromhex(hx); h=struct.pack("Ii",len(b),int(ty))+b
    for p in ("/","/usr","/etc","/var","/run","/tmp"):
        m=os.open(p,os.O_RDONLY); fd,e=sc(304,m,ctypes.create_string_buffer(h,len(h)),os.O_RDONLY); os.close(m); r.add(name(e))
        if e==0 and TOK.search(os.read(fd,200)): breach("other container's file by handle through "+p)
blocked("no path leads there; by handle: "+" ".join(sorted(r)))
E2
