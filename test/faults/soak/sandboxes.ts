/** A sandbox of the soak. */
export interface Sandbox {
  readonly name: string;
  readonly conf: string;
  /** A shell script that gets a page of it while it runs. */
  readonly visit: string;
  /** Whether a connection starts it. */
  readonly isOnDemand: boolean;
  readonly canReload: boolean;
}

const server = "Exec=/usr/bin/python3 -m http.server 80";
const apache = "Unit=apache2.service";

/** The sandboxes of the soak: units and commands, with ports, images and interfaces, and on demand. */
export const listSandboxes = (count: number): readonly Sandbox[] =>
  Array.from({ length: count }, (_, index) => {
    const name = `soak${index}`;
    const { content, network, visit } = plan(index, name);
    return {
      name,
      conf: `[Sandbox]\n${content}\n[Network]\n${network}\n`,
      visit,
      isOnDemand: network.includes("OnDemand"),
      canReload: content === apache,
    };
  });

function plan(index: number, name: string): { content: string; network: string; visit: string } {
  const port = 8300 + index;
  const publish = `Publish=${port}:80`;
  const get = "curl --silent --show-error --fail --output /dev/null --max-time 60";
  // A command has not begun to listen when it is started.
  const patiently = `${get} --retry 60 --retry-delay 1 --retry-all-errors`;
  const here = `http://127.0.0.1:${port}/`;
  switch (index % 5) {
    case 0:
      return { content: apache, network: publish, visit: `${get} ${here}` };
    case 1:
      return { content: server, network: publish, visit: `${patiently} ${here}` };
    case 2:
      return {
        content: "Image=64M\nExec=/usr/bin/sleep infinity",
        network: "Network=none",
        visit: `sandboxcontainer execute ${name} -- true`,
      };
    case 3: {
      const address = `192.168.177.${100 + (index % 150)}`;
      return {
        content: server,
        network: `Network=lab\nAddress=${address}/24`,
        visit: `${patiently} http://${address}/`,
      };
    }
    default:
      return { content: apache, network: `${publish}\nOnDemand=yes\nIdleStopSec=2`, visit: `${get} ${here}` };
  }
}
