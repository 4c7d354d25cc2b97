import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Dataset } from '../../src/contracts/dataset';
import { prepareDataset, type DatasetOverrides } from '../../src/data';

/** A folder for a test's files, and what is done with them most. */
export class TestFolder {
  private constructor(readonly folder: string) {}

  static async create(): Promise<TestFolder> {
    return new TestFolder(await mkdtemp(path.join(tmpdir(), 'automl-data-')));
  }

  async write(content: string | Buffer, name = 'source.csv'): Promise<string> {
    const file = path.join(this.folder, name);
    await writeFile(file, content);
    return file;
  }

  /** Writes a source file and makes it canonical: the data set and the canonical text. */
  async prepare(content: string | Buffer, overrides?: DatasetOverrides): Promise<{ dataset: Dataset; text: string }> {
    const source = await this.write(content);
    const destination = path.join(this.folder, 'canonical.csv');
    const dataset = await prepareDataset({ source, sourceName: 'source.csv', destination, overrides });
    return { dataset, text: await readFile(destination, 'utf8') };
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
