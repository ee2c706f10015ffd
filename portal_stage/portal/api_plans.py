"""Who may call the API, and how much: a key and a usage plan for each client."""

from __future__ import annotations

from aws_cdk import aws_apigateway as apigateway
from constructs import Construct

from portal_stage.names import Names
from portal_stage.portal.config import TESTS_PLAN, ApiConfig, UsagePlanConfig


class ApiPlans(Construct):
    """The mobile application, the partners and the pipeline's tests: none of them uses up another's share."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        config: ApiConfig,
        rest_api: apigateway.RestApi,
    ) -> None:
        super().__init__(scope, id_)
        self._names = names
        self._rest_api = rest_api
        self._plan("mobile", config.mobile)
        self._plan("partner", config.partner)
        self.tests_key = self._plan("tests", TESTS_PLAN)

    def _plan(self, client: str, config: UsagePlanConfig) -> apigateway.ApiKey:
        stage = self._rest_api.deployment_stage
        plan = apigateway.UsagePlan(
            self,
            f"{client}-plan",
            name=self._names(f"{client}-usage-plan"),
            throttle=apigateway.ThrottleSettings(
                rate_limit=config.rate_limit, burst_limit=config.burst_limit
            ),
            quota=apigateway.QuotaSettings(limit=config.daily_quota, period=apigateway.Period.DAY),
        )
        plan.add_api_stage(api=self._rest_api, stage=stage)
        keys = [self._key(client, generation, plan) for generation in config.keys]
        return keys[-1]

    def _key(self, client: str, generation: int, plan: apigateway.UsagePlan) -> apigateway.ApiKey:
        """A named key cannot be replaced, so each generation is a key of its own; the first has no number."""
        number = None if generation == 1 else generation
        numbered = "" if number is None else f"-{number}"
        key = apigateway.ApiKey(
            self,
            f"{client}-key{numbered}",
            api_key_name=self._names(f"{client}-api-key", number=number),
        )
        # CDK's own id for the pair would hold the stage's, and so differ between environments.
        member = f"{client.capitalize()}UsagePlanMember{numbered.removeprefix('-')}"
        plan.add_api_key(key, override_logical_id=member)
        return key
