// Short names for the wire types, which wire.ts takes from the station's OpenAPI document.

import type { components } from "./wire";

type Schemas = components["schemas"];

export type Alarm = Schemas["AlarmOut"];
export type Camera = Schemas["CameraOut"];
export type Code = Schemas["Code"];
export type Coil = Schemas["CoilOut"];
export type Cut = Schemas["CutOut"];
export type Decision = Coil["decision"];
export type Defect = Schemas["DefectOut"];
export type Explained = Schemas["ExplainedOut"];
export type Interval = Schemas["IntervalOut"];
export type Kind = Schemas["Kind"];
export type ClassDrift = Schemas["ClassDriftOut"];
export type Drift = Schemas["DriftOut"];
export type FoundOnCoils = Schemas["FoundOnCoilsOut"];
export type ModelChoice = Schemas["ModelChoiceOut"];
export type ModelHistory = Schemas["ModelHistoryOut"];
export type ModelId = Schemas["ModelOut"];
export type Models = Schemas["ModelsOut"];
export type OpticsPoint = Schemas["OpticsOut"];
export type Periodic = Schemas["PeriodicOut"];
export type Preview = Schemas["PreviewOut"];
/** A connection to a system of the plant. */
export type PlantConnection = Schemas["ConnectionOut"];
export type Problem = Schemas["ProblemOut"];
export type Reason = Schemas["ReasonOut"];
export type Recipe = Schemas["RecipeOut"];
export type Revision = Schemas["RevisionOut"];
export type ReviewIn = Schemas["ReviewIn"];
export type Right = Schemas["Right"];
export type Session = Schemas["SessionOut"];
export type ListedShadow = Schemas["ListedShadowOut"];
export type LoneDefect = Schemas["LoneDefectOut"];
export type ModelVerdict = Schemas["ModelVerdictOut"];
export type Shadow = Schemas["ShadowOut"];
export type Standing = Schemas["StandingReviewOut"];
export type Station = Schemas["StationOut"];
export type Stretch = Schemas["StretchOut"];
/** A stretch of a coil that passed in one state of the line. */
export type LineStretch = Schemas["StateOut"];
export type Webhook = Schemas["WebhookOut"];

/** What an interval of lines is: inspected, degraded or lost. */
export type State = Interval["state"];

/** A text message of the live WebSocket. */
export type LiveMessage = Schemas["LiveStation"] | Schemas["LiveEvents"] | Schemas["LivePassed"];

/** The header of a live picture. */
export type LiveLines = Schemas["LiveLines"];

/** Lines without a picture, because they were not inspected, or not fully. */
export type LivePassed = Schemas["LivePassed"];

/** One event of the station; its `kind` says which `data` it has. */
export type StationEvent = Schemas["LiveEvents"]["events"][number];
export type DefectFound = Extract<StationEvent, { kind: "defect.found" }>;
