import "@xterm/xterm/css/xterm.css";
import { Button } from "@patternfly/react-core";
import { FitAddon } from "@xterm/addon-fit";
import { WebglAddon } from "@xterm/addon-webgl";
import { Terminal as Screen } from "@xterm/xterm";
import { useEffect, useRef, useState } from "react";
import type { Facts } from "../host/types.ts";
import { Nothing } from "../parts/Loading.tsx";
import { _, fill } from "../text.ts";

/** A root shell in a running sandbox. */
export default function Terminal({ facts: { name, state } }: { readonly facts: Facts }) {
  const [turn, setTurn] = useState(0);
  const [isOver, setOver] = useState(false);
  if (state !== "active") return <Nothing title={_("It does not run")}>{_("Start it to open a terminal.")}</Nothing>;
  return (
    <>
      <Shell
        key={turn}
        name={name}
        onEnd={() => {
          setOver(true);
        }}
      />
      {isOver && (
        <Button
          variant="secondary"
          onClick={() => {
            setOver(false);
            setTurn(turn + 1);
          }}
        >
          {_("Open another one")}
        </Button>
      )}
    </>
  );
}

function Shell({ name, onEnd }: { readonly name: string; readonly onEnd: () => void }) {
  const place = useRef<HTMLDivElement>(null);
  const end = useRef(onEnd);
  end.current = onEnd;
  useEffect(() => (place.current === null ? undefined : connect(place.current, name, end)), [name]);
  return <div ref={place} className="terminal" aria-label={fill("Terminal of $0", name)} role="group" />;
}

/** Shows a shell of the sandbox in an element. Returns what ends it. */
function connect(place: HTMLElement, name: string, end: { readonly current: () => void }): () => void {
  const screen = new Screen({ screenReaderMode: true, fontFamily: "monospace", fontSize: 14 });
  const fit = new FitAddon();
  screen.loadAddon(fit);
  // The other renderer writes style elements, which Cockpit's content security policy forbids.
  screen.loadAddon(new WebglAddon());
  screen.open(place);
  fit.fit();
  const channel = cockpit.channel({
    payload: "stream",
    spawn: ["sandboxcontainer", "connect", name],
    pty: true,
    superuser: "try",
    environ: ["TERM=xterm-256color"],
    window: { rows: screen.rows, cols: screen.cols },
  });
  channel.addEventListener("message", (_event, data) => {
    screen.write(data);
  });
  channel.addEventListener("close", (_event, { problem }) => {
    screen.write(`\r\n[${problem ?? _("The shell has ended")}]\r\n`);
    end.current();
  });
  screen.onData((data) => {
    channel.send(data);
  });
  screen.onResize(({ rows, cols }) => {
    channel.control({ window: { rows, cols } });
  });
  const observer = new ResizeObserver(() => {
    fit.fit();
  });
  observer.observe(place);
  screen.focus();
  return () => {
    observer.disconnect();
    channel.close();
    screen.dispose();
  };
}
