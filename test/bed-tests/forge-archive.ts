import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Bed } from "./bed.ts";

export interface Forge {
  /** Compresses a tar as export does. */
  readonly compress: (from: string, into: string) => Promise<string>;
  /**
   * Makes an archive, and resolves to its path. It has the members that every archive has, and then those that the
   * Python code adds.
   */
  readonly forge: (members: string, into?: string) => Promise<string>;
}

/** Writes archives in a bed that export would never write. */
export function makeForge(bed: Bed): Forge {
  let isNodeThere = false;
  const compress = (from: string, into: string): Promise<string> => {
    // The installed code may run on another runtime than Node, so we bring a Node.
    if (!isNodeThere) execFileSync(join(import.meta.dirname, "../bed"), ["push", "native", process.execPath, "/root/"]);
    isNodeThere = true;
    return bed.run(
      "/root/node",
      "-e",
      "const z=require('zlib'),f=require('fs');f.writeFileSync(process.argv[2],z.zstdCompressSync(f.readFileSync(process.argv[1]),{params:{[z.constants.ZSTD_c_checksumFlag]:1}}))",
      from,
      into,
    );
  };
  const forge = async (members: string, into = "/root/forged.tar.zst"): Promise<string> => {
    const script = `
import tarfile, io
a = tarfile.open("/root/forged.tar", "w", format=tarfile.PAX_FORMAT)
def put(name, type=tarfile.REGTYPE, link="", text=b""):
    t = tarfile.TarInfo(name); t.type = type; t.linkname = link; t.size = len(text); t.mode = 0o755; a.addfile(t, io.BytesIO(text))
put("sandboxcontainer.json", text=b'{"version":1,"name":"bad"}')
put("conf", text=b"[Sandbox]\\nExec=/usr/bin/sleep infinity\\n")
put("manifest.json", text=b'{"version":1,"population":"x","packages":[],"entries":[]}')
put("root", tarfile.DIRTYPE)
${members}
a.close()`;
    await bed.run("python3", "-c", script);
    await compress("/root/forged.tar", into);
    return into;
  };
  return { compress, forge };
}
