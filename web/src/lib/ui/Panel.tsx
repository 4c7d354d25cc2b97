import { useId, type ReactNode } from 'react';
import classes from './ui.module.css';

/** A titled surface; a landmark by its heading. `flush`: the content brings its own padding. */
export function Panel(props: {
  title: string;
  hint?: ReactNode;
  aside?: ReactNode;
  flush?: boolean;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <section className={classes.panel} aria-labelledby={id}>
      <div className={classes.panelHead}>
        <div>
          <h2 id={id} className={classes.panelTitle}>
            {props.title}
          </h2>
          {props.hint && <p className={classes.panelHint}>{props.hint}</p>}
        </div>
        {props.aside}
      </div>
      <div className={props.flush ? undefined : classes.panelBody}>{props.children}</div>
    </section>
  );
}
