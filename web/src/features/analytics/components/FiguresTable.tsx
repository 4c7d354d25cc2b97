import ui from '../../../lib/ui/ui.module.css';

/** A table whose first column names what the others, all numbers, are of. */
export function FiguresTable(props: { label: string; columns: string[]; rows: { key: string; cells: string[] }[] }) {
  return (
    <div className={ui.scroll} tabIndex={0} role="group" aria-label={props.label}>
      <table className={ui.table}>
        <thead>
          <tr>
            {props.columns.map((name, at) => (
              <th key={name} scope="col" className={at > 0 ? ui.right : undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map(({ key, cells }) => (
            <tr key={key}>
              {cells.map((cell, at) => (
                <td key={props.columns[at]} className={at > 0 ? ui.right : undefined}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
