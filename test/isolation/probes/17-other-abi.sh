# Tries: make calls that a filter may know by another number only: of x32, and of 32 bits by int 0x80 (io_uring_setup, keyctl, add_key, userfaultfd, modify_ldt); and put an own filter that allows all in front.
# Must: get "no such call" or EPERM. [surface]
py <<'E2'
import mmap
r=[]; hit=[]
params=ctypes.create_string_buffer(256)
def judge(n,e):
    r.append("%s %s"%(n,name(e)))
    if e not in (errno.EPERM,errno.EACCES,errno.ENOSYS): hit.append(n)
for n,nr,*a in (("io_uring_setup",425,1,params),("keyctl",250,0,-3,0),("userfaultfd",323,1),("getpid",39)):
    _,e=sc(0x40000000+nr,*a); judge("x32 "+n,e)
# mov eax, NR; mov ebx, A; mov ecx, B; xor edx, edx; int 0x80; ret
def code(nr,a,b): return b"\x53\xb8"+struct.pack("<I",nr)+b"\xbb"+struct.pack("<I",a&0xffffffff)+b"\xb9"+struct.pack("<I",b&0xffffffff)+b"\x31\xd2\xcd\x80\x5b\xc3"
def ia32(nr,a=0,b=0):
    m=mmap.mmap(-1,4096,prot=mmap.PROT_READ|mmap.PROT_WRITE|mmap.PROT_EXEC); m.write(code(nr,a,b))
    r=ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(m)))()
    return -r if -4096<r<0 else 0
try:
    for n,nr,a,b in (("io_uring_setup",425,1,0),("keyctl",288,0,-3),("userfaultfd",374,1,0),("getpid",20,0,0)): judge("ia32 "+n,ia32(nr,a,b))
except OSError as e: r.append("ia32 "+name(e.errno))
libc.prctl(38,1,0,0,0)
prog=ctypes.create_string_buffer(struct.pack("<HBBI",6,0,0,0x7fff0000),8)
_,e=sc(317,1,0,ctypes.create_string_buffer(struct.pack("<HxxxxxxQ",1,ctypes.addressof(prog)),16)); r.append("own filter "+name(e))
for n,nr,*a in (("io_uring_setup",425,1,params),("keyctl",250,0,-3,0),("userfaultfd",323,1)):
    _,e=sc(nr,*a); judge(n+" after own filter",e)
breach(", ".join(hit)) if hit else blocked(", ".join(r))
E2
