"""`skelp doctor`: reports what this machine has, and whether it is fit to inspect; compares its GPU with its CPU."""

from skelp.doctor.comparison import Plan, findings_of, gpu_report
from skelp.doctor.examination import examine
from skelp.doctor.finding import Finding

__all__ = ["Finding", "Plan", "examine", "findings_of", "gpu_report"]
