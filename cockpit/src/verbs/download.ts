/**
 * Sends the output of a command to the browser as a file. Cockpit's server streams it, so it never is in the memory of the
 * page: doc/protocol.md of Cockpit, "External channels".
 */
export function download(command: readonly string[], file: string): void {
  const query = window.btoa(
    JSON.stringify({
      payload: "stream",
      binary: "raw",
      superuser: "try",
      spawn: command,
      external: {
        "content-disposition": `attachment; filename="${encodeURIComponent(file)}"`,
        "content-type": "application/octet-stream",
      },
    }),
  );
  const base = new URL(`../../channel/${cockpit.transport.csrf_token}`, window.location.href.replace(/#.*$/, ""));
  const link = document.createElement("a");
  link.href = `${base.pathname.replace(/\/@localhost\/.*?channel/, "/channel")}?${query}`;
  link.download = file;
  link.click();
}
