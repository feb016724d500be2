import { describe, expect, it } from "vitest";
import { inKorean } from "../src/reasons";

// As the station says them: capture/, pipeline/fitness.py, pipeline/align.py, domain/recipe.py, domain/optics.py, sinks/, app.py.
const SAID = [
  "overrun: the line was faster than the inspection",
  "overrun: no free place in the ring of the capture process",
  "camera silent: lines counted by its rate of 12800 Hz",
  "camera silent: lines counted by camera top-1",
  "camera lost, its process ended (killed by signal 9): lines counted by the encoder",
  "camera lost, its process ended (exit code 1): lines counted by the last speed seen, 6400 lines/s",
  "camera lost, its process said nothing for 5 s: how many lines passed is not known",
  "camera lost, its process ended (killed by signal 9): what passes meanwhile is counted when it is back",
  "camera lost: lines counted by the encoder",
  "camera lost: lines counted by its rate of 12800 Hz",
  "camera lost: lines counted by the last speed seen, 2000 lines/s: the strip may have stood",
  "camera lost: what passes meanwhile is counted when it is back",
  "the camera began to count anew: lines counted by its rate of 1000 Hz",
  "frame ids are missing: frames were lost in the camera or on the way",
  "frame dropped by the camera",
  "incomplete frame: data were lost between camera and host",
  "short frame: the last lines of 512 did not come",
  "buffer underrun: the host gave buffers back too late",
  "before this camera's first line: it began later than the others, or stands behind them",
  "station interrupted: 5000 lines estimated from 10 s at 500 Hz",
  "no strip in the picture: dark, or off the line",
  "over-exposed: glare hides the surface",
  "the strip looks narrower than before: a lamp out, or an edge not seen",
  "less steel seen than the strip is wide: a lamp out, or a wrong mm per pixel",
  "more steel seen than the strip is wide: the width that was given is wrong, so what is unseen cannot be told",
  "the strip is wider than the picture: its far edge was not seen",
  "the camera does not answer",
  "the camera answers, but sent no frame for 5 s",
  "its process ended (killed by signal 9)",
  "its process said nothing for 5 s",
  "its encoder count differs by 900 lines from another camera's",
  "band 8 of 8 from the operator side has 60% of its light: clean the window, check the lamp",
  "the picture is 67% as sharp as it was: check focus, lens and strip height",
  "their pictures could not be written: disk",
  "disk quota, oldest first",
  "no line was inspected for 12 s",
  "no line has been inspected yet",
  "the line has stopped: disk full",
  "0.384 m not fully inspected (limit 0 m)",
  "2 defects of severity 3 or more",
  "1 defect of severity 3 or more",
  "58.2 defects per 100 m (limit 50)",
  "no line of this coil was inspected",
  "the coil is running",
  "the coil is provisional",
  "the station was stopped or interrupted while this coil ran",
  "30.0 m inspected, 2 defects, none of severity 3 or more",
  "30.0 m inspected, 1 defect, none of severity 3 or more",
  "2 mm at each edge not judged",
  "the strip's width was not given, so steel beside the picture would go unnoticed",
];

describe("the station's sentences in Korean", () => {
  it.each(SAID)("%s", (said) => {
    const korean = inKorean(said);
    expect(korean).toMatch(/[가-힣]/);
    expect(korean).not.toMatch(/[a-z]{2,} [a-z]{2,}/);
  });

  it("are joined as they came", () => {
    expect(inKorean("the coil is running; 1.5 m not fully inspected (limit 0 m)")).toBe(
      "코일 진행 중; 1.5 m 검사 불완전 (한도 0 m)",
    );
    expect(inKorean("camera lost, its process ended (killed by signal 9): lines counted by the encoder")).toBe(
      "카메라 프로세스 종료: 엔코더로 계산",
    );
  });
});
