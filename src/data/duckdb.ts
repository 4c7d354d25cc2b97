import { tmpdir } from 'node:os';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

/** Bounded, so that a profile never takes the memory that trainings need. */
const SETTINGS = { memory_limit: '600MB', autoinstall_known_extensions: 'false', autoload_known_extensions: 'false' };
/** DuckDB's own limit for one line; a longer one in the file raises it. */
const DEFAULT_LINE_BYTES = 2_000_000;

/** Above this many columns each thread's buffers are hundreds of megabytes: one thread, and room for it. */
const WIDE_COLUMNS = 1000;
const WIDE_SETTINGS = { ...SETTINGS, memory_limit: '1500MB', threads: '1' };

/** Runs `work` on an empty DuckDB in memory of its own, for a table of so many columns. */
export async function withDuckDb<T>(columns: number, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const settings = columns > WIDE_COLUMNS ? WIDE_SETTINGS : SETTINGS;
  const instance = await DuckDBInstance.create(':memory:', { ...settings, temp_directory: tmpdir() });
  try {
    const connection = await instance.connect();
    try {
      return await work(connection);
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

/** A canonical file as a table expression with columns `c0`, `c1`, … of these SQL types. */
export function canonicalTable(file: string, types: string[], longestLine = 0): string {
  const columns = types.map((type, index) => `'c${index}': '${type}'`).join(', ');
  const lineLimit = longestLine * 4 > DEFAULT_LINE_BYTES ? `, max_line_size=${longestLine * 4 + 1024}` : '';
  return `read_csv('${file.replace(/'/g, "''")}', auto_detect=false, header=true, delim=',', quote='"', escape='"',
    nullstr='', columns={${columns}}${lineLimit})`;
}
