import path from 'node:path';

/** A small job that is reproducible to the digit: all jobs of one sample must end alike, whatever died meanwhile. */
export interface Sample {
  name: string;
  file: string;
  job: Record<string, unknown>;
}

const example = (name: string) => path.join(__dirname, '..', '..', '..', 'examples', name);

export const SAMPLES: readonly Sample[] = [
  {
    name: 'series',
    file: example('bike_sharing_daily.csv'),
    job: {
      name: 'Chaos: a series',
      prompt: 'Forecast the total rentals for the next 14 days',
      target_column: 'total_rentals',
      max_models: 2,
      seed: 11,
    },
  },
  {
    name: 'table',
    file: example('breast_cancer.csv'),
    job: {
      name: 'Chaos: a table',
      prompt: 'Predict whether the tumour is malignant',
      target_column: 'diagnosis',
      max_models: 2,
      seed: 7,
    },
  },
];
