// What the station says of losses, coils and alarms, in Korean, sentence by sentence. Every pattern takes the whole sentence.
// What is not here stays in English, which is better than nothing; test/reasons.test.ts holds every sentence that the station knows.

const REASONS: [RegExp, string][] = [
  // losses
  [/^overrun: the line was faster than the inspection$/, "라인이 검사 속도보다 빠름"],
  [/^overrun: no free place in the ring.*$/, "촬상 프로세스 버퍼 부족"],
  [/^camera silent: lines counted by its rate of (\S+) Hz$/, "카메라 응답 없음 (라인 속도 $1 Hz로 계산)"],
  [/^camera silent: lines counted by camera (\S+)$/, "카메라 응답 없음 ($1 카메라로 계산)"],
  [/^camera lost, its process ended.*: (.*)$/, "카메라 프로세스 종료: $1"],
  [/^camera lost, its process said nothing for (\S+) s: (.*)$/, "카메라 프로세스가 $1초 동안 응답 없음: $2"],
  [/^camera lost: (.*)$/, "카메라 끊김: $1"],
  [/^the camera began to count anew: (.*)$/, "카메라가 번호를 다시 시작함: $1"],
  [/^frame ids are missing: .*$/, "프레임 번호 누락: 카메라 또는 전송 중 손실"],
  [/^frame dropped by the camera$/, "카메라에서 프레임 손실"],
  [/^incomplete frame: .*$/, "프레임 불완전: 전송 중 손실"],
  [/^short frame: .*$/, "프레임 일부 누락"],
  [/^buffer underrun: .*$/, "버퍼 부족"],
  [/^before this camera's first line: .*$/, "이 카메라가 시작하기 전"],
  [/^station interrupted: (\d+) lines estimated from (\S+) s at (\S+) Hz$/, "설비 중단: $2초, $3 Hz로 $1라인 추정"],
  // how they were counted; after a colon above
  [/^lines counted by the encoder$/, "엔코더로 계산"],
  [/^lines counted by its rate of (\S+) Hz$/, "라인 속도 $1 Hz로 계산"],
  [/^lines counted by the last speed seen, (\S+) lines\/s.*$/, "마지막 속도 $1 라인/s로 추정"],
  [/^how many lines passed is not known$/, "지나간 라인 수를 알 수 없음"],
  [/^what passes meanwhile is counted when it is back$/, "복귀하면 계산됨"],
  // steel that cannot be judged
  [/^no strip in the picture: .*$/, "영상에 강판 없음: 어둡거나 라인 이탈"],
  [/^over-exposed: .*$/, "과다 노출: 반사광으로 표면이 보이지 않음"],
  [/^the strip looks narrower than before: .*$/, "강판이 이전보다 좁게 보임: 조명 또는 에지 확인"],
  [/^less steel seen than the strip is wide: .*$/, "강판 폭보다 적게 보임: 조명 또는 mm/px 확인"],
  [/^more steel seen than the strip is wide: .*$/, "주어진 폭보다 넓게 보임: 폭 정보 확인"],
  [/^the strip is wider than the picture: .*$/, "강판이 화면보다 넓음: 반대쪽 에지 안 보임"],
  // cameras, optics, records
  [/^the camera does not answer$/, "카메라가 응답하지 않음"],
  [/^the camera answers, but sent no frame for (\S+) s$/, "카메라가 $1초 동안 영상을 보내지 않음"],
  [/^its process ended.*$/, "카메라 프로세스가 종료됨"],
  [/^its process said nothing for (\S+) s$/, "카메라 프로세스가 $1초 동안 응답 없음"],
  [
    /^its encoder count differs by (\S+) lines.*$/,
    "엔코더 값이 다른 카메라와 $1라인 차이남: 두 카운터를 함께 초기화하고 설비를 다시 시작하세요",
  ],
  [
    /^band (\d) of 8 from the operator side has (\d+)% of its light.*$/,
    "조작측에서 $1번째 구간의 밝기가 $2%: 창을 닦고 조명을 확인하세요",
  ],
  [/^the picture is (\d+)% as sharp as it was.*$/, "선명도가 $1%로 떨어짐: 초점과 렌즈, 강판 높이를 확인하세요"],
  [/^their pictures could not be written: disk$/, "결함 사진을 저장하지 못함: 디스크 확인"],
  [/^disk quota, oldest first.*$/, "디스크 한도로 오래된 사진 삭제 (기록은 유지)"],
  // the station
  [/^no line was inspected for (\S+) s$/, "$1초 동안 검사된 라인 없음"],
  [/^no line has been inspected yet$/, "아직 검사된 라인 없음"],
  [/^the line has stopped: .*$/, "라인 검사가 중단됨"],
  // coils
  [/^(\S+) m not fully inspected \(limit (\S+) m\)$/, "$1 m 검사 불완전 (한도 $2 m)"],
  [/^(\d+) defects? of severity (\d) or more$/, "등급 $2 이상 결함 $1개"],
  [/^(\S+) defects per 100 m \(limit (\S+)\)$/, "100 m당 결함 $1개 (한도 $2)"],
  [/^no line of this coil was inspected$/, "이 코일은 검사된 라인이 없음"],
  [/^the coil is running$/, "코일 진행 중"],
  [/^the coil is provisional$/, "코일 마무리 중"],
  [/^the station was stopped or interrupted while this coil ran$/, "이 코일 진행 중 설비가 중단됨"],
  [/^(\S+) m inspected, (\d+) defects?, none of severity (\d) or more$/, "$1 m 검사, 결함 $2개, 등급 $3 이상 없음"],
  [/^(\S+) mm at each edge not judged$/, "양쪽 에지 $1 mm는 판정 제외"],
  [/^the strip's width was not given, .*$/, "강판 폭이 주어지지 않아 화면 밖의 강판은 알 수 없음"],
];

/** Sentences of the station in Korean; several are joined by "; ". */
export function inKorean(text: string): string {
  return text.split("; ").map(sentence).join("; ");
}

function sentence(text: string): string {
  const found = REASONS.find(([pattern]) => pattern.test(text));
  if (!found) return text;
  const said = text.replace(...found);
  const colon = said.indexOf(": ");
  // what a loss was counted by is a sentence of its own
  return colon < 0 ? said : said.slice(0, colon + 2) + sentence(said.slice(colon + 2));
}
