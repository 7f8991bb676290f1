/** Frames of the live feed without the validators of the DTOs: for browsers, which need not download those. */
export {
  applyFrame,
  idsOf,
  runsOf,
  type AnswerPatch,
  type ListPatch,
  type LiveFrame,
  type LiveState,
  type PatchFrame,
  type RowRuns,
  type SnapshotFrame,
} from './live-state.js';
