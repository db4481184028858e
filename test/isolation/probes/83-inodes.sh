# Tries: use up the inodes of the host's disk: small files in the private tree, a quarter more than its limit (without one: 4000), removed at once.
# Must: be outside the host's file system, or have a limit. [dos]
py <<'E2'
n=int(E("ISO_INODES") or 4000); d="/var/tmp/isomx.inodes"; os.makedirs(d,exist_ok=True); i=0; e=0
try:
    while i<n: os.close(os.open("%s/%d"%(d,i),os.O_CREAT|os.O_WRONLY,0o600)); i+=1
except OSError as x: e=x.errno
v=os.statvfs(d)
for f in os.listdir(d): os.unlink(d+"/"+f)
os.rmdir(d)
if e: blocked("%s after %d files"%(name(e),i))
if v.f_files==int(E("ISO_ROOTFILES")): breach("%d files in the host's file system"%n)
breach("%d files"%n) if E("ISO_INODES") else blocked("its own file system, of %d files"%v.f_files)
E2
