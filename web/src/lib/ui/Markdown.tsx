import type { ReactNode } from 'react';
import ReactMarkdown from 'react-markdown';
import remarkGfm from 'remark-gfm';
import classes from './markdown.module.css';

/** The page has its own outline: a report's headings are bold lines in it. */
const heading = ({ children }: { children?: ReactNode }) => <p className={classes.heading}>{children}</p>;
const COMPONENTS = { h1: heading, h2: heading, h3: heading, h4: heading, h5: heading, h6: heading };

/** A report's first line repeats the title under which it is shown. */
const TITLE = /^\s*# .*(\n|$)/;

/** Markdown as text and tables; its HTML stays text, and images are left out, for they could call elsewhere. */
export default function Markdown({ text }: { text: string }) {
  return (
    <div className={classes.markdown}>
      <ReactMarkdown remarkPlugins={[remarkGfm]} disallowedElements={['img', 'input']} components={COMPONENTS}>
        {text.replace(TITLE, '')}
      </ReactMarkdown>
    </div>
  );
}
