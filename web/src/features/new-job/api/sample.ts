import sampleUrl from '../../../../../examples/bike_sharing_daily.csv?url';

/** The bundled table as if the reader had dropped it. */
export async function loadSample(): Promise<File> {
  const answer = await fetch(sampleUrl);
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return new File([await answer.blob()], 'bike_sharing_daily.csv', { type: 'text/csv' });
}
