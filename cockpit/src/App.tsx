import { Suspense, useEffect, useState } from "react";
import { List } from "./list/List.tsx";
import { later } from "./parts/later.ts";
import { Waiting } from "./parts/Loading.tsx";
import { ErrorBoundary } from "./parts/ErrorBoundary.tsx";

// Loaded when they are needed: the list has to be there at once.
const SandboxPage = later(() => import("./sandbox/SandboxPage.tsx"));
const Create = later(() => import("./create/Create.tsx"));

/** Shows what the path in the address says: nothing, `create`, or `NAME/TAB`. */
export function App() {
  const path = usePath();
  return (
    <main className="page">
      <ErrorBoundary key={path.join("/")}>
        <Suspense fallback={<Waiting />}>
          <View path={path} />
        </Suspense>
      </ErrorBoundary>
    </main>
  );
}

function View({ path: [first, name, tab] }: { readonly path: readonly string[] }) {
  if (first === "create") return <Create />;
  if (first === "sandbox" && name !== undefined) return <SandboxPage key={name} name={name} tab={tab ?? "overview"} />;
  return <List />;
}

function usePath(): readonly string[] {
  const [path, setPath] = useState(cockpit.location.path);
  useEffect(() => {
    cockpit.addEventListener("locationchanged", () => {
      setPath(cockpit.location.path);
    });
  }, []);
  return path;
}
