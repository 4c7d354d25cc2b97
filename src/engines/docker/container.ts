import path from 'node:path';
import type Docker from 'dockerode';
import type { Config } from '../../config';
import type { ExecutionSpec } from '../engine';
import { bindsOf, INNER_WORKSPACE } from '../layout';

const MEGABYTE = 1024 * 1024;
/** What every container of ours lacks, whatever it is for. */
export const LOCKED_DOWN = {
  ReadonlyRootfs: true,
  CapDrop: ['ALL'],
  SecurityOpt: ['no-new-privileges'],
  Init: true,
} satisfies Docker.HostConfig;
/** Between the polite and the forced end at the deadline. */
export const KILL_AFTER_SECONDS = 10;
/** A process that multiplies without end stops here; H2O and its Python need about 150. */
const MAX_PROCESSES = 512;
/** Enough for H2O, and below what a modestly set up engine may itself pass on. */
const MAX_OPEN_FILES = 4096;
/** A quarter of the default weight: under load the API and the worker come first. */
const CPU_SHARES = 256;
/** Above what is read of an execution's output (see lines.ts), so that nothing readable is rotated away. */
const LOG_FILES = { 'max-size': '32m', 'max-file': '4' };

/** What a restarted worker must know of an execution; written on the container. */
export interface Labels {
  'automl.installation': string;
  'automl.job': string;
  'automl.phase': string;
  'automl.attempt': string;
  /** Which of a training's runs; on those alone. */
  'automl.stage'?: string;
  'automl.incarnation': string;
  /** The output folder on the host, whose size is watched. */
  'automl.output': string;
  'automl.timeout-seconds': string;
  'automl.quota-mb': string;
}

export interface ContainerPlan {
  name: string;
  installation: string;
  /** `uid:gid` */
  user: string;
  /** Processors of the engine's host; more can't be asked for. */
  hostCpus: number;
  /** How it gets the host's GPU; undefined where it gets none. */
  gpu?: Docker.DeviceRequest;
}

/** The container of one execution, locked down: it can compute, read its inputs, write its output, and nothing else. */
export function containerOptions(
  spec: ExecutionSpec,
  config: Config,
  plan: ContainerPlan,
): Docker.ContainerCreateOptions {
  const { limits } = spec;
  return {
    name: plan.name,
    Image: config.execution.image,
    // The deadline lives in the container as well: an execution whose worker never returns ends by itself.
    Entrypoint: ['timeout', `--kill-after=${KILL_AFTER_SECONDS}s`, `${limits.timeout_seconds}s`],
    Cmd: ['python3', '-u', spec.script],
    WorkingDir: path.posix.join(INNER_WORKSPACE, spec.folder),
    User: plan.user,
    Env: [
      ...['HOME=/tmp', 'TMPDIR=/tmp', 'MPLCONFIGDIR=/tmp/matplotlib', 'PYTHONDONTWRITEBYTECODE=1'],
      ...['USER=automl', 'LOGNAME=automl', `AUTOML_EXECUTION=${plan.name}`],
      // Feature functions of a plan run where this is set, and nowhere else.
      'AUTOML_ISOLATED=1',
      ...(plan.gpu ? ['AUTOML_GPU=1'] : []),
    ],
    Labels: { ...labelsOf(spec, plan.installation) },
    AttachStdin: false,
    OpenStdin: false,
    Tty: false,
    HostConfig: hostConfig(spec, config, plan),
  };
}

function hostConfig(spec: ExecutionSpec, config: Config, plan: ContainerPlan): Docker.HostConfig {
  const { limits } = spec;
  const tmpMb = Math.min(1024, Math.floor(limits.memory_mb / 4));
  return {
    ...LOCKED_DOWN,
    NetworkMode: 'none',
    PidsLimit: MAX_PROCESSES,
    Memory: limits.memory_mb * MEGABYTE,
    MemorySwap: limits.memory_mb * MEGABYTE,
    NanoCpus: Math.round(Math.min(limits.cpus, plan.hostCpus) * 1e9),
    CpuShares: CPU_SHARES,
    OomScoreAdj: 500,
    Ulimits: [
      { Name: 'nofile', Soft: MAX_OPEN_FILES, Hard: MAX_OPEN_FILES },
      { Name: 'core', Soft: 0, Hard: 0 },
      { Name: 'fsize', Soft: limits.output_quota_mb * MEGABYTE, Hard: limits.output_quota_mb * MEGABYTE },
    ],
    // Without `exec` XGBoost, which unpacks its native library here, is silently lost.
    Tmpfs: { '/tmp': `rw,exec,nosuid,nodev,mode=1777,size=${tmpMb}m` },
    Mounts: bindsOf(spec).map(({ source, target, writable }) => ({
      Type: 'bind',
      Source: source,
      Target: target,
      ReadOnly: !writable,
      BindOptions: { Propagation: 'rprivate' },
    })),
    LogConfig: { Type: 'json-file', Config: LOG_FILES },
    RestartPolicy: { Name: 'no' },
    IpcMode: 'private',
    ...(plan.gpu ? { DeviceRequests: [plan.gpu] } : {}),
    ...(config.execution.dockerRuntime ? { Runtime: config.execution.dockerRuntime } : {}),
  };
}

function labelsOf(spec: ExecutionSpec, installation: string): Labels {
  return {
    'automl.installation': installation,
    'automl.job': spec.job_id,
    'automl.phase': spec.phase,
    'automl.attempt': String(spec.attempt),
    ...(spec.stage === undefined ? {} : { 'automl.stage': spec.stage }),
    'automl.incarnation': String(spec.incarnation),
    'automl.output': path.join(spec.workspace, spec.output),
    'automl.timeout-seconds': String(spec.limits.timeout_seconds),
    'automl.quota-mb': String(spec.limits.output_quota_mb),
  };
}
