import { describePipeline } from './pipeline';

describePipeline('local');
