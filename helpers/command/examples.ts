/** The examples at the end of `VERB --help`. A test types them on a host in this order, one after the other. */
export const examples: ReadonlyMap<string, readonly string[]> = new Map([
  ["doctor", ["doctor"]],
  ["units", ["units", "units 'apache*' nginx --all"]],
  [
    "create",
    [
      "create web1 --unit apache2.service --publish 127.0.0.1:8081:80 --start",
      "create web3 /usr/sbin/nginx --publish 127.0.0.1:8083:80 --dry-run",
      "create db --unit redis-server.service --imagesize 256M",
      "create clock -- /usr/bin/sleep infinity",
    ],
  ],
  ["start", ["start db clock"]],
  ["enable", ["enable web1"]],
  ["list", ["list", "list --columns name,state,ports", "list --format '{{NAME}} {{STATE}}'"]],
  ["show", ["show web1"]],
  ["why", ["why web1 /etc/apache2/ports.conf"]],
  ["files", ["files web1", "files web1 /etc/apache2"]],
  ["logs", ["logs web1 -n 50", "logs web1 -f"]],
  ["stats", ["stats", "stats web1 db", "stats --disk", "stats --follow web1"]],
  ["top", ["top"]],
  ["tree", ["tree web1"]],
  ["events", ["events --since today", "events --follow web1"]],
  ["security", ["security web1"]],
  ["audit", ["audit web1 --since today"]],
  ["connect", ["connect web1"]],
  [
    "execute",
    ["execute web1 -- cat /etc/hostname", "execute -u www-data -w /var/www web1 -- ls -l", "execute -it web1 -- sh"],
  ],
  [
    "copy-to",
    [
      "copy-to web1 site.conf /etc/apache2/sites-enabled/",
      "copy-to web1 ./pages/. /var/www/html",
      "copy-to web1 - /var/www < pages.tar",
    ],
  ],
  [
    "copy-from",
    [
      "copy-from web1 /var/log/apache2 /root/logs",
      "copy-from --archive db /etc/redis /root/redis",
      "copy-from web1 /var/www - > web1.tar",
    ],
  ],
  ["diff", ["diff web1", "diff web1 /etc/apache2 --text"]],
  ["reload", ["reload web1"]],
  [
    "set",
    [
      "set web1 Publish+=127.0.0.1:8444:443 TimeoutStopSec=20s",
      "set web1 Publish-=127.0.0.1:8444:443 TimeoutStopSec=",
      "set clock Unit.StartLimitBurst=3",
    ],
  ],
  ["settings", ["settings", "settings web1"]],
  ["edit", ["edit web1", "edit clock --replace web9.conf"]],
  ["verify", ["verify", "verify web1", "verify ./web9.conf"]],
  ["restart", ["restart web1"]],
  ["upgrade", ["upgrade --all --dry-run", "upgrade web1 --restart"]],
  ["snapshot", ["snapshot web1 before --running"]],
  ["snapshots", ["snapshots web1"]],
  ["stop", ["stop web1 db"]],
  ["revert", ["revert web1 /etc/apache2/ports.conf"]],
  ["rollback", ["rollback web1 before"]],
  ["delete-snapshot", ["delete-snapshot web1 before"]],
  ["resize", ["resize db 300M"]],
  ["clone", ["clone web1 web2 --publish 127.0.0.1:8082:80"]],
  ["export", ["export web1", "export web1 - | ssh other 'cat > web1.tar.zst'"]],
  [
    "import",
    [
      "import web1.tar.zst web4 --publish 127.0.0.1:8084:80 --dry-run",
      "import web1.tar.zst web4 --publish 127.0.0.1:8084:80",
    ],
  ],
  ["rename", ["rename web4 shop"]],
  ["disable", ["disable web1"]],
  ["delete", ["delete shop", "delete --force clock"]],
]);

/** Formats the end of a verb's help; empty if the verb has no examples. */
export function formatExamples(verb: string): string {
  const lines = examples.get(verb) ?? [];
  if (lines.length === 0) return "";
  return `\n${lines.length === 1 ? "Example" : "Examples"}:\n${lines.map((line) => `  sandboxcontainer ${line}`).join("\n")}`;
}
