import "@patternfly/react-styles/css/components/Table/table.css";
import type { ReactNode, TdHTMLAttributes } from "react";
import { _ } from "../text.ts";

// The classes of PatternFly's table, without the style sheets and the script for what the page does not use: those would be
// a third of all that a browser has to load. page.css has the layout for a phone.

interface Children {
  readonly children?: ReactNode;
}

export function Table({ label, children }: Children & { readonly label: string }) {
  return (
    <table className="pf-v6-c-table pf-m-compact" aria-label={label}>
      {children}
    </table>
  );
}

/** A column. One with an `order` is a button that sorts by it. */
export interface Column {
  readonly title: string;
  readonly isNumber?: boolean;
  /** Whether it has no visible title. */
  readonly isSilent?: boolean;
  readonly order?: { readonly now: "ascending" | "descending" | "none"; readonly sort: () => void };
}

export function Head({ columns }: { readonly columns: readonly Column[] }) {
  return (
    <thead className="pf-v6-c-table__thead">
      <tr className="pf-v6-c-table__tr">
        {columns.map((column) => (
          <HeadCell key={column.title} column={column} />
        ))}
      </tr>
    </thead>
  );
}

function HeadCell({ column: { title, isNumber, isSilent, order } }: { readonly column: Column }) {
  const words = isSilent === true ? <span className="pf-v6-screen-reader">{title}</span> : title;
  return (
    <th
      scope="col"
      className={`pf-v6-c-table__th ${isNumber === true ? "number" : ""}`}
      {...(order === undefined ? {} : { "aria-sort": order.now })}
    >
      {order === undefined ? (
        words
      ) : (
        <button type="button" className="sort" title={_("Sort")} onClick={order.sort}>
          {words} <span aria-hidden="true">{{ ascending: "↑", descending: "↓", none: "↕" }[order.now]}</span>
        </button>
      )}
    </th>
  );
}

export function Body({ children }: Children) {
  return <tbody className="pf-v6-c-table__tbody">{children}</tbody>;
}

export function Line({ children }: Children) {
  return <tr className="pf-v6-c-table__tr">{children}</tr>;
}

/** A cell. The label is the title of its column, for narrow screens. */
export function Cell({
  label,
  isNumber = false,
  isAction = false,
  className = "",
  ...rest
}: TdHTMLAttributes<HTMLTableCellElement> & {
  readonly label?: string;
  readonly isNumber?: boolean;
  readonly isAction?: boolean;
}) {
  const classes = ["pf-v6-c-table__td", isNumber ? "number" : "", isAction ? "pf-v6-c-table__action" : "", className];
  return <td className={classes.filter(Boolean).join(" ")} data-label={label} {...rest} />;
}
