import { Button, Select, SimpleGrid, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useI18n } from '../../../lib/i18n';
import type { ColumnType, DatasetEdit } from '../../../lib/types';
import type { GridColumn } from '../api/pending';
import classes from './dataset.module.css';

type Fill = Extract<DatasetEdit, { op: 'fill' }>['with'];
const FILLS = ['value', 'most_frequent', 'previous', 'next', 'mean', 'median'] as const satisfies readonly Fill[];
const NUMBERS_ONLY: readonly Fill[] = ['mean', 'median'];

interface Props {
  column: GridColumn;
  onEdit(edit: DatasetEdit): void;
  onClose(): void;
}

/** What can be done with a whole column. */
export function ColumnTools({ column, onEdit, onClose }: Props) {
  const { t } = useI18n();
  const [name, setName] = useState(column.name);
  const [fill, setFill] = useState<Fill>('most_frequent');
  const [value, setValue] = useState('');
  const isNumber = column.type === 'integer' || column.type === 'real';
  const fills = FILLS.filter((each) => isNumber || !NUMBERS_ONLY.includes(each));
  const renamed = name.trim() !== '' && name.trim() !== column.name;
  if (column.dropped) return null;
  return (
    <div className={classes.columnTools} role="group" aria-label={t.dataset.columnTools(column.name)}>
      <div className={classes.toolsHead}>
        <Text fw={600} size="sm" truncate title={column.name}>
          {column.name}
        </Text>
        <Button size="compact-sm" variant="default" onClick={onClose}>
          {t.reading.done}
        </Button>
      </div>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="md" verticalSpacing="sm">
        <div className={classes.filter}>
          <TextInput
            size="xs"
            label={t.reading.newName}
            maxLength={500}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button
            size="xs"
            variant="default"
            disabled={!renamed}
            onClick={() => onEdit({ op: 'rename', column: column.name, to: name.trim() })}
          >
            {t.dataset.rename}
          </Button>
        </div>
        <Select
          size="xs"
          label={t.reading.type}
          allowDeselect={false}
          data={Object.entries(t.reading.types).map(([type, label]) => ({ value: type, label }))}
          value={column.type}
          onChange={(type) =>
            type && type !== column.type && onEdit({ op: 'type', column: column.name, type: type as ColumnType })
          }
        />
        <div className={classes.filter}>
          <Select
            size="xs"
            label={t.dataset.fill}
            allowDeselect={false}
            data={fills.map((each) => ({ value: each, label: t.dataset.fills[each] }))}
            value={fill}
            onChange={(each) => each && setFill(each as Fill)}
          />
          {fill === 'value' && (
            <TextInput
              size="xs"
              label={t.dataset.fillValue}
              value={value}
              onChange={(event) => setValue(event.currentTarget.value)}
            />
          )}
          <Button
            size="xs"
            variant="default"
            disabled={fill === 'value' && value === ''}
            onClick={() =>
              onEdit({ op: 'fill', column: column.name, with: fill, ...(fill === 'value' ? { value } : {}) })
            }
          >
            {t.dataset.add}
          </Button>
        </div>
        <div className={classes.filter}>
          <Button
            size="xs"
            variant="default"
            onClick={() => {
              onEdit({ op: 'drop_columns', columns: [column.name] });
              onClose();
            }}
          >
            {t.dataset.dropColumn}
          </Button>
        </div>
      </SimpleGrid>
    </div>
  );
}
