"""What the surveys service can be set to, beyond what every service can."""

from ekkyo.service import Settings
from pydantic import Field


class SurveySettings(Settings):
    """EKKYO_SURVEY_DAYS: how many days the survey after an event takes answers."""

    survey_days: int = Field(default=7, ge=1, le=365)
