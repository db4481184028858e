# Tries: find passwords of the host: its shadow file (recognized by its checksum), hashes in any account file or a copy of one, answers that debconf keeps.
# Must: find none. [escape]
py <<'E2'
import hashlib
hash_=re.compile(rb"[:! \t]\$(?:y|gy|7|6|5|1|2[abxy]?|argon2\w*)\$[^\s:]{10}",re.M); hit=[]; n=0
for top in ("/etc","/var/backups","/var/cache/debconf","/var/lib/misc","/root","/usr/share/misc"):
    for d,ds,fs in os.walk(top):
        for f in fs:
            p=d+"/"+f
            if not re.search(r"shadow|passwd|password|\.db$",f): continue
            try: t=open(p,"rb").read(1<<20)
            except OSError: continue
            n+=1
            if E("ISO_SHADOW") and hashlib.sha256(t).hexdigest()==E("ISO_SHADOW"): hit.append(p+" is the host's")
            elif hash_.search(t): hit.append(p+" has a hash")
            elif f=="passwords.dat" and re.search(rb"^Value: \S",t,re.M): hit.append(p+" has an answer")
breach(", ".join(hit)) if hit else blocked("%d files, no password"%n)
E2
