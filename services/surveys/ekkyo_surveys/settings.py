"""What the surveys service can be set to, beyond what every service can."""

from ekkyo.service import Settings
from pydantic import Field


class SurveySettings(Settings):
    """EKKYO_SURVEY_DAYS, and what every service needs."""

    survey_days: int = Field(
        7, ge=1, le=365, description="for how many days the survey after an event takes answers, 1 to 365"
    )
