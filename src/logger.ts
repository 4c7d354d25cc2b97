/** One line a record on stderr: time, level, message, and what it is about as JSON. */
export interface Logger {
  debug(message: string, about?: Record<string, unknown>): void;
  info(message: string, about?: Record<string, unknown>): void;
  warn(message: string, about?: Record<string, unknown>): void;
  error(message: string, about?: Record<string, unknown>): void;
}

/** @param debug whether DEBUG records are written. */
export function createLogger(name: string, debug: boolean): Logger {
  const write = (level: string) => (message: string, about?: Record<string, unknown>) => {
    const detail = about ? ` ${JSON.stringify(about)}` : '';
    process.stderr.write(`${new Date().toISOString()} ${level} [${name}] ${message}${detail}\n`);
  };
  const silent = () => undefined;
  return { debug: debug ? write('DEBUG') : silent, info: write('INFO'), warn: write('WARNING'), error: write('ERROR') };
}
