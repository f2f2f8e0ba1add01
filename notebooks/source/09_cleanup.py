# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown] lang="es"
# # 9 · Limpiar
#
# *El tutorial acaba sin borrar nada; esta lección es lo que le falta.* · **30 min** (20 de recorrido + 10 de ejercicios)
#
# **Al terminar** habrás borrado todo lo que crearon las lecciones, en el orden que AWS pide; lo habrás comprobado
# preguntando a cada servicio; y sabrás cuánto habría costado, y cuánto cuesta un olvido.
#
# **Antes:** ninguna lección es obligatoria. Cierra los demás cuadernos: sus gráficos preguntan por una tabla que va a
# desaparecer.

# %% [markdown] lang="en"
# # 9 · Clean up
#
# *The tutorial ends without deleting anything; this lesson is what it lacks.* · **30 min** (20 walking through + 10 of
# exercises)
#
# **By the end** you will have deleted everything the lessons made, in the order AWS asks for; you will have proved it by
# asking each service; and you will know what it would have cost, and what forgetting costs.
#
# **Before:** no lesson is required. Close the other notebooks: their charts ask for a table that is about to go.

# %% tags=["parameters"]
target: str = "local"  # local | aws | an endpoint URL
prefix: str = "f1-vote"  # the start of every resource's name
locale: str = "{{locale}}"  # es | en

# %% [markdown] lang="es"
# **Ejecuta primero esta celda.** Conecta con la región y te dice dónde estás. Aquí no construye nada: sería para borrarlo.

# %% [markdown] lang="en"
# **Run this cell first.** It connects to the region and tells you where you are. Here it builds nothing: it would be built
# only to be deleted.

# %% tags=["first"]
from helpers import begin

lesson = await begin("09_cleanup", target=target, prefix=prefix, locale=locale)

# %% [markdown] lang="es"
# ## De quién es cada cosa
#
# Dos pistas dicen que algo es tuyo. El **nombre** empieza por tu prefijo, pero eso no basta: lo de `f1-vote` también
# empieza por `f1-`. Lo que decide son las [**etiquetas**](glossary.ipynb#cell-id=tag) que cada lección puso al crear: tienen que coincidir las dos.

# %% [markdown] lang="en"
# ## Whose is each thing
#
# Two clues say that something is yours. Its **name** starts with your prefix, but that is not enough: what belongs to
# `f1-vote` also starts with `f1-`. What decides is the [**tags**](glossary.ipynb#cell-id=tag) that each lesson put on when it created: both must match.

# %%
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

import boto3
from botocore.exceptions import ClientError
from IPython.display import HTML

from helpers import CheckFailed, number, style, t, until
from helpers.waits import WaitError

tags = lesson.names.tags
name_start = f"{prefix}-"
account, region = lesson.connection.account, lesson.connection.region
tags

# %%
kinesis = boto3.client("kinesis")
lambda_client = boto3.client("lambda")
apigateway = boto3.client("apigatewayv2")
dynamodb = boto3.client("dynamodb")
sqs = boto3.client("sqs")
sns = boto3.client("sns")
logs = boto3.client("logs")
iam = boto3.client("iam")
cloudwatch = boto3.client("cloudwatch")

# %% [markdown] lang="es"
# Para ver que lo ajeno se respeta, hacemos de compañera de clase: un tema de SNS (gratis) cuyo nombre **empieza como los
# tuyos**, pero con la etiqueta de otra persona. Al final tiene que seguir ahí.

# %% [markdown] lang="en"
# To see that what belongs to others is respected, we play a classmate: an SNS topic (free) whose name **starts like
# yours**, but with someone else's tag. At the end it must still be there.

# %%
classmate_tags = [
    {"Key": "project", "Value": tags["project"]},
    {"Key": "prefix", "Value": f"{prefix}-classmate"},
]
classmate_topic = sns.create_topic(Name=f"{prefix}-classmate-alerts", Tags=classmate_tags)["TopicArn"]
print(classmate_topic)

# %% [markdown] lang="es"
# ## El inventario
#
# Ningún servicio tiene una llamada «dame lo mío». Cada uno sabe **listar** y cada uno sabe decir las **etiquetas** de una
# cosa, con nombres y formas distintos. El nombre acorta la lista (y evita preguntar por lo ajeno, que quizá no te dejen
# mirar); la etiqueta decide.

# %% [markdown] lang="en"
# ## The inventory
#
# No service has a call "give me what is mine". Each can **list**, and each can tell the **tags** of one thing, with other
# names and shapes. The name shortens the list (and spares asking about what is not yours, which you may not be allowed to
# see); the tag decides.


# %%
def pages(client, operation, what, **parameters):
    found = client.get_paginator(operation).paginate(**parameters).search(what)
    return [item for item in found if item is not None]


def arn(service, name):
    return f"arn:aws:{service}:{region}:{account}:{name}"


def as_dict(tag_list):
    return {tag["Key"]: tag["Value"] for tag in tag_list}


# %% [markdown] lang="es"
# Algo puede salir en la lista y no existir ya: en AWS, una cola recién borrada sigue listada un minuto. Si al pedir sus
# etiquetas el servicio dice que no lo conoce, no está; cualquier otro error tiene que verse.

# %% [markdown] lang="en"
# Something may be on the list and exist no more: on AWS, a queue just deleted stays listed for a minute. If the service, asked
# for its tags, says it does not know it, it is gone; any other error must be seen.

# %%
GONE = {"ResourceNotFoundException", "NoSuchEntity", "NotFoundException", "NotFound", "ResourceNotFound"}
GONE |= {"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"}


def tags_if_there(tags_of, thing):
    try:
        return tags_of(thing)
    except ClientError as error:
        if error.response["Error"]["Code"] not in GONE:
            raise
    return None


# %%
def mine(tags_of, thing):
    found = tags_if_there(tags_of, thing) or {}
    return all(found.get(key) == value for key, value in tags.items())


def select(names, tags_of):
    return [name for name in names if name.startswith(name_start) and mine(tags_of, name)]


# %% [markdown] lang="es"
# Ya se puede preguntar, servicio por servicio: cómo se listan y cómo se leen sus etiquetas.

# %% [markdown] lang="en"
# Now we can ask, service by service: how to list, and how to read the tags.


# %%
def stream_tags(name):
    return as_dict(kinesis.list_tags_for_stream(StreamName=name)["Tags"])


def my_streams():
    return select(pages(kinesis, "list_streams", "StreamNames[]"), stream_tags)


def table_tags(name):
    return as_dict(dynamodb.list_tags_of_resource(ResourceArn=arn("dynamodb", f"table/{name}"))["Tags"])


def my_tables():
    return select(pages(dynamodb, "list_tables", "TableNames[]"), table_tags)


# %%
def function_tags(name):
    return lambda_client.list_tags(Resource=arn("lambda", f"function:{name}"))["Tags"]


def my_functions():
    return select(pages(lambda_client, "list_functions", "Functions[].FunctionName"), function_tags)


def role_tags(name):
    return as_dict(iam.list_role_tags(RoleName=name)["Tags"])


def my_roles():
    return select(pages(iam, "list_roles", "Roles[].RoleName"), role_tags)


# %%
def api_tags(api):
    return api.get("Tags", {})


def my_apis():
    return [api["ApiId"] for api in pages(apigateway, "get_apis", "Items[]") if mine(api_tags, api)]


def queue_tags(url):
    return sqs.list_queue_tags(QueueUrl=url).get("Tags", {})


def my_queues():
    urls = pages(sqs, "list_queues", "QueueUrls[]", QueueNamePrefix=name_start)
    return [url for url in urls if mine(queue_tags, url)]


def topic_tags(name):
    return as_dict(sns.list_tags_for_resource(ResourceArn=arn("sns", name))["Tags"])


def my_topics():
    return select(
        [topic.split(":")[-1] for topic in pages(sns, "list_topics", "Topics[].TopicArn")], topic_tags
    )


# %% [markdown] lang="es"
# Un mapeo (el *trigger*) no tiene nombre, solo un identificador al azar: es tuyo si lo es su función. Si su función ya no
# existe (alguien la borró a mano), es un huérfano que no sirve a nadie: también lo recogemos, salvo que sus etiquetas digan
# que es de otra persona.

# %% [markdown] lang="en"
# A mapping (the *trigger*) has no name, only a random identifier: it is yours if its function is. If its function no longer
# exists (someone deleted it by hand), it is an orphan of no use to anyone: we pick that up too, unless its tags say it is
# someone else's.


# %%
def mapping_tags(mapping):
    return lambda_client.list_tags(Resource=mapping["EventSourceMappingArn"])["Tags"]


def of_another(mapping):
    found = tags_if_there(mapping_tags, mapping)
    return found is None or found.get("prefix", prefix) != prefix


def my_mappings():
    existing, my_names = pages(lambda_client, "list_functions", "Functions[].FunctionName"), my_functions()
    uuids = []
    for mapping in pages(lambda_client, "list_event_source_mappings", "EventSourceMappings[]"):
        function = mapping["FunctionArn"].split(":")[6]
        orphan = function.startswith(name_start) and function not in existing
        if function in my_names or (orphan and not of_another(mapping)):
            uuids.append(mapping["UUID"])
    return uuids


# %% [markdown] lang="es"
# ### Los logs, un caso aparte
#
# Los grupos de logs no los creaste tú: los creó **Lambda**, y sin etiquetas. Se las ponemos ahora, mientras sabemos qué
# funciones son tuyas. Así, aunque algo falle a medias, la próxima vez los encontraremos.
#
# Y falta decidir qué hacer con los errores. Ni ocultarlos ni pararnos en el primero, que dejaría encendido lo demás: los
# **enseñamos**, los **guardamos** en `failures`, y seguimos. Al final, si hay alguno, la lección no se da por buena.

# %% [markdown] lang="en"
# ### Logs, a case apart
#
# You did not make the log groups: **Lambda** did, and without tags. We put them on now, while we know which functions are
# yours. So, even if something fails half-way, next time we will find them.
#
# And what to do with errors? Neither hide them nor stop at the first, which would leave the rest on: we **show** them,
# **keep** them in `failures`, and go on. At the end, if there are any, the lesson does not count as done.


# %%
def named_log_groups():
    start = f"/aws/lambda/{name_start}"
    return pages(logs, "describe_log_groups", "logGroups[].logGroupName", logGroupNamePrefix=start)


def log_group_tags(name):
    return logs.list_tags_for_resource(resourceArn=arn("logs", f"log-group:{name}"))["tags"]


def my_log_groups():
    return [name for name in named_log_groups() if mine(log_group_tags, name)]


# %%
failures = {}


@contextmanager
def reported(done, name):
    try:
        yield
    except (ClientError, WaitError) as error:
        if getattr(error, "response", {}).get("Error", {}).get("Code") not in GONE:
            failures[name] = error
            print("✗", name, error)
            return
        done = "gone"
    print("✓", t(f"lesson_09.{done}", name=name))


# %%
def listed(find):
    try:
        return find()
    except ClientError as error:
        failures[find.__name__] = error
        print("✗", find.__name__, error)
        return []


for name in listed(my_functions):
    with reported("tagged", f"/aws/lambda/{name}"):
        logs.tag_resource(resourceArn=arn("logs", f"log-group:/aws/lambda/{name}"), tags=tags)

# %% [markdown] lang="es"
# (Si una función nunca se invocó, su grupo no existe.) Ya podemos hacer el inventario, **en el orden en que vamos a
# borrar**:

# %% [markdown] lang="en"
# (If a function was never invoked, its group does not exist.) Now we can take the inventory, **in the order in which we are
# going to delete**:

# %%
finders = {
    "mapping": my_mappings,
    "function": my_functions,
    "api": my_apis,
    "stream": my_streams,
    "table": my_tables,
    "queue": my_queues,
    "topic": my_topics,
    "log_group": my_log_groups,
    "role": my_roles,
}


def inventory():
    return {kind: listed(find) for kind, find in finders.items()}


# %%
found = inventory()
for kind, names in found.items():
    for name in names:
        print(f"{t(f'lesson_09.{kind}'):14}", name)
print(t("lesson_09.found", count=sum(map(len, found.values()))))

# %% [markdown] lang="es"
# Todo lo tuyo está, y el tema de tu compañera no. Si no sale nada, no había nada: el resto de la lección lo dirá también.
#
# ## Lo que habría costado en AWS
#
# | Qué | Precio (us-east-1, USD) |
# |---|---|
# | Shard, *provisioned* | 0,015 por hora, haya votos o no |
# | Stream *on-demand* | 0,04 por hora, y 0,08 por GB escrito + 0,04 por GB leído |
# | Registros, *provisioned* | 0,014 por millón (de hasta 25 KB) |
# | Lambda | 0,20 por millón de invocaciones + 0,0000166667 por GB-segundo |
# | API HTTP | 1,00 por millón de peticiones |
# | DynamoDB bajo demanda | 0,625 por millón de escrituras |
#
# *Lista de precios de AWS, septiembre de 2026. Cambian: compruébalos en la página de precios de cada servicio. Aquí no se
# descuenta la capa gratuita (que no incluye Kinesis), ni se cuentan los logs y lo almacenado.*
#
# Cuánto has usado lo saben los propios servicios: cada stream recuerda cuándo nació, y **CloudWatch** cuenta registros,
# invocaciones, milisegundos y peticiones (en AWS, con unos minutos de retraso). Sumamos las dos últimas semanas.

# %% [markdown] lang="en"
# Everything of yours is there, and your classmate's topic is not. If nothing comes up, there was nothing: the rest of the
# lesson will say so too.
#
# ## What it would have cost on AWS
#
# | What | Price (us-east-1, USD) |
# |---|---|
# | Shard, *provisioned* | 0.015 an hour, votes or no votes |
# | *On-demand* stream | 0.04 an hour, and 0.08 per GB written + 0.04 per GB read |
# | Records, *provisioned* | 0.014 per million (of up to 25 KB) |
# | Lambda | 0.20 per million invocations + 0.0000166667 per GB-second |
# | HTTP API | 1.00 per million requests |
# | DynamoDB on demand | 0.625 per million writes |
#
# *AWS price list, September 2026. Prices change: check them on each service's pricing page. The free tier (which does not
# include Kinesis) is not deducted here, nor are logs and storage counted.*
#
# How much you used, the services know themselves: each stream remembers when it was born, and **CloudWatch** counts
# records, invocations, milliseconds and requests (on AWS, some minutes late). We add up the last two weeks.

# %%
SHARD_HOUR, ON_DEMAND_HOUR, ON_DEMAND_GB = 0.015, 0.04, 0.08 + 0.04
MILLION_RECORDS, MILLION_INVOCATIONS, GB_SECOND = 0.014, 0.20, 0.0000166667
MILLION_REQUESTS, MILLION_WRITES = 1.00, 0.625


def total(namespace, metric, **dimension):
    answer = cloudwatch.get_metric_statistics(
        Namespace=namespace,
        MetricName=metric,
        Dimensions=[{"Name": name, "Value": value} for name, value in dimension.items()],
        StartTime=datetime.now(UTC) - timedelta(days=14),
        EndTime=datetime.now(UTC) + timedelta(minutes=1),
        Period=3600,
        Statistics=["Sum"],
    )
    return sum(point["Sum"] for point in answer["Datapoints"])


# %% [markdown] lang="es"
# Primero, los streams: sus **horas** y sus registros. Un registro *on-demand* se cobra como 1 KB aunque ocupe menos.

# %% [markdown] lang="en"
# First the streams: their **hours** and their records. An *on-demand* record is billed as 1 KB even if it takes less.

# %%
bill = []
for name in found["stream"]:
    with reported("measured", name):
        summary = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
        hours = (datetime.now(UTC) - summary["StreamCreationTimestamp"]).total_seconds() / 3600
        records = total("AWS/Kinesis", "IncomingRecords", StreamName=name)
        if summary["StreamModeDetails"]["StreamMode"] == "ON_DEMAND":
            kind, by_hour, by_record = "stream_hours", ON_DEMAND_HOUR, ON_DEMAND_GB / 1024**2
        else:
            hours *= summary["OpenShardCount"]
            kind, by_hour, by_record = "shard_hours", SHARD_HOUR, MILLION_RECORDS / 1e6
        bill.append((name, t(f"lesson_09.{kind}", hours=number(hours, 2)), hours * by_hour))
        bill.append((name, t("lesson_09.records", count=number(records)), records * by_record))

# %% [markdown] lang="es"
# Después, lo que se paga por uso: funciones, API y tabla. Las escrituras de la tabla son una **estimación**: una por
# registro del stream de votos, que es lo que hace el consumidor.

# %% [markdown] lang="en"
# Then what is paid by use: functions, API and table. The table's writes are an **estimate**: one per record of the votes'
# stream, which is what the consumer does.

# %%
for name in found["function"]:
    with reported("measured", name):
        memory = lambda_client.get_function_configuration(FunctionName=name)["MemorySize"] / 1024
        count = total("AWS/Lambda", "Invocations", FunctionName=name)
        gb_seconds = total("AWS/Lambda", "Duration", FunctionName=name) / 1000 * memory
        used = t("lesson_09.invocations", count=number(count), seconds=number(gb_seconds, 2))
        bill.append((name, used, count / 1e6 * MILLION_INVOCATIONS + gb_seconds * GB_SECOND))

# %%
for api_id in found["api"]:
    with reported("measured", api_id):
        count = total("AWS/ApiGateway", "Count", ApiId=api_id)
        used = t("lesson_09.requests", count=number(count))
        bill.append((lesson.names.api, used, count / 1e6 * MILLION_REQUESTS))
for name in found["table"]:
    with reported("measured", name):
        count = total("AWS/Kinesis", "IncomingRecords", StreamName=lesson.names.stream)
        bill.append((name, t("lesson_09.writes", count=number(count)), count / 1e6 * MILLION_WRITES))

# %%
headings = [t("lesson_09.resource"), t("lesson_09.used"), t("lesson_09.dollars")]
rows = [[name, used, number(cost, 6)] for name, used, cost in bill]
rows.append([t("lesson_09.total"), "", number(sum(cost for *_, cost in bill), 6)])
HTML(style.table(headings, rows))

# %% [markdown] lang="es"
# (Si el inventario estaba vacío, la cuenta también.) Un voto entero, con su API, sus dos funciones y su escritura, sale por
# un par de **millonésimas** de dólar. Las **horas** del stream, en cambio, cuestan lo mismo haya votos o no, y corren también
# mientras duermes. Por eso se borra.
#
# ## Borrar, de fuera adentro
#
# El orden importa: cada cosa se borra **después** de lo que la usa.
#
# | Orden | Por qué |
# |---|---|
# | 1. Mapeos | son quienes leen el stream e invocan la función; si se borra antes la función, quedan huérfanos |
# | 2. Funciones, 3. API | ya nadie las invoca |
# | 4. Streams, 5. Tablas, 6. Colas y temas | ya nadie escribe en ellos |
# | 7. Logs | ya nadie los escribe: si la función viviera, Lambda volvería a crear el grupo |
# | 8. Roles | los últimos: todo lo anterior trabajaba en su nombre |
#
# Unas cosas desaparecen al momento y otras **tardan** (mapeos, streams, tablas, colas): AWS acepta la petición y luego
# trabaja. `gone` espera hasta que ya no salen en la lista, y lo dice si no había nada.

# %% [markdown] lang="en"
# (If the inventory was empty, so is the bill.) A whole vote, with its API, its two functions and its write, comes to a couple
# of **millionths** of a dollar. The stream's **hours**, instead, cost the same with votes or without, and they run while you
# sleep too. That is why we delete it.
#
# ## Delete, from the outside in
#
# Order matters: each thing is deleted **after** whatever uses it.
#
# | Order | Why |
# |---|---|
# | 1. Mappings | they read the stream and invoke the function; delete the function first and they are orphans |
# | 2. Functions, 3. API | nobody invokes them any more |
# | 4. Streams, 5. Tables, 6. Queues and topics | nobody writes to them any more |
# | 7. Logs | nobody writes them any more: were the function alive, Lambda would make the group again |
# | 8. Roles | last: all the rest worked in their name |
#
# Some things disappear at once and others **take a while** (mappings, streams, tables, queues): AWS accepts the request
# and works afterwards. `gone` waits until they are no longer listed, and says so if there was nothing.


# %%
async def gone(kind):
    def no_longer_listed():
        return not set(found[kind]) & set(listed(finders[kind])) - set(failures)

    what = t("lesson_09.off_the_list", what=t(f"lesson_09.{kind}"))
    if finders[kind].__name__ in failures:
        print("✗", t("lesson_09.unknown", what=t(f"lesson_09.{kind}")))
    elif not found[kind]:
        print("✓", t("lesson_09.none", what=t(f"lesson_09.{kind}")))
    else:
        try:
            await until(no_longer_listed, timeout=180, every=1, what=what)
        except WaitError as error:
            failures[kind] = error


# %% [markdown] lang="es"
# ### 1 · Los mapeos
#
# Si uno está a medio cambiar de estado, AWS se niega con `ResourceInUseException`: se insiste.

# %% [markdown] lang="en"
# ### 1 · The mappings
#
# If one is half-way between two states, AWS refuses with `ResourceInUseException`: we insist.


# %%
def deletion_accepted(uuid):
    try:
        lambda_client.delete_event_source_mapping(UUID=uuid)
    except lambda_client.exceptions.ResourceInUseException as error:
        print(error.response["Error"]["Message"])
        return False
    return True


# %%
for uuid in found["mapping"]:
    with reported("asked", uuid):
        await until(partial(deletion_accepted, uuid), timeout=120, every=2, what=uuid)
await gone("mapping")

# %% [markdown] lang="es"
# ### 2 y 3 · Las funciones y la API
#
# Borrar la API se lleva sus rutas, su integración y su etapa. La dirección de votar deja de existir para siempre: otra API
# tendrá otra.

# %% [markdown] lang="en"
# ### 2 and 3 · The functions and the API
#
# Deleting the API takes its routes, its integration and its stage along. The voting address ceases to exist for ever:
# another API will have another.

# %%
for name in found["function"]:
    with reported("deleted", name):
        lambda_client.delete_function(FunctionName=name)
await gone("function")

# %%
for api_id in found["api"]:
    with reported("deleted", api_id):
        apigateway.delete_api(ApiId=api_id)
await gone("api")

# %% [markdown] lang="es"
# ### 4 · Los streams
#
# **Lo único que cuesta por estar ahí.** Con el stream se van sus registros, sin papelera. `EnforceConsumerDeletion` borra
# también a los consumidores registrados (*enhanced fan-out*), si los hubiera; sin él, AWS se negaría. Pasa por `DELETING`.

# %% [markdown] lang="en"
# ### 4 · The streams
#
# **The only thing that costs just by being there.** With the stream go its records; there is no bin.
# `EnforceConsumerDeletion` also deletes registered consumers (*enhanced fan-out*), if any; without it AWS would refuse. It
# goes through `DELETING`.

# %%
for name in found["stream"]:
    with reported("asked", name):
        kinesis.delete_stream(StreamName=name, EnforceConsumerDeletion=True)
await gone("stream")

# %% [markdown] lang="es"
# ### 5 y 6 · La tabla, las colas y los temas
#
# Aquí se van los recuentos. Una cola borrada puede seguir en la lista hasta un minuto, en AWS.

# %% [markdown] lang="en"
# ### 5 and 6 · The table, the queues and the topics
#
# Here the counts go. A deleted queue may stay on the list for up to a minute, on AWS.

# %%
for name in found["table"]:
    with reported("asked", name):
        dynamodb.delete_table(TableName=name)
await gone("table")

# %%
for url in found["queue"]:
    with reported("asked", url):
        sqs.delete_queue(QueueUrl=url)
for name in found["topic"]:
    with reported("deleted", name):
        sns.delete_topic(TopicArn=arn("sns", name))
await gone("queue")
await gone("topic")

# %% [markdown] lang="es"
# ### 7 · Los logs
#
# Guardar un log también se paga, aunque poco, y por omisión **no caduca nunca**.

# %% [markdown] lang="en"
# ### 7 · The logs
#
# Keeping a log is paid for too, though little, and by default it **never expires**.

# %%
for name in found["log_group"]:
    with reported("deleted", name):
        logs.delete_log_group(logGroupName=name)
await gone("log_group")

# %% [markdown] lang="es"
# ### 8 · Los roles
#
# Un rol no se deja borrar sin más. Lo intentamos con el primero, si lo hay:

# %% [markdown] lang="en"
# ### 8 · The roles
#
# A role does not let itself be deleted just like that. We try with the first, if there is one:

# %%
for name in found["role"][:1]:
    try:
        iam.delete_role(RoleName=name)
    except ClientError as error:
        print(error)

# %% [markdown] lang="es"
# `DeleteConflict`: antes hay que quitarle sus políticas, las **propias** (*inline*, se borran) y las **adjuntas**
# (*attached*, se sueltan: son de todos).

# %% [markdown] lang="en"
# `DeleteConflict`: first its policies must go, its **own** (*inline*, deleted) and the **attached** ones (detached: they
# belong to everyone).

# %%
for name in found["role"]:
    with reported("deleted", name):
        for policy in pages(iam, "list_role_policies", "PolicyNames[]", RoleName=name):
            iam.delete_role_policy(RoleName=name, PolicyName=policy)
        for policy in pages(
            iam, "list_attached_role_policies", "AttachedPolicies[].PolicyArn", RoleName=name
        ):
            iam.detach_role_policy(RoleName=name, PolicyArn=policy)
        iam.delete_role(RoleName=name)
await gone("role")

# %% [markdown] lang="es"
# ## La prueba
#
# Que AWS acepte borrar no demuestra nada. Volvemos a preguntar a **cada servicio** qué queda con tus etiquetas:

# %% [markdown] lang="en"
# ## The proof
#
# That AWS accepts a deletion proves nothing. We ask **each service** again what is left with your tags:

# %%
left = inventory()
for kind, names in left.items():
    print(f"{t(f'lesson_09.{kind}'):18}", len(names), *names)

# %% [markdown] lang="es"
# Un segundo testigo, solo en AWS: la **Resource Groups Tagging API** busca por etiqueta en casi todos los servicios a la vez
# (en los roles no). Va con retraso: puede nombrar todavía lo que acabas de borrar. Donde no existe, lo dice.

# %% [markdown] lang="en"
# A second witness, on AWS only: the **Resource Groups Tagging API** searches by tag in almost all services at once (not
# among roles). It runs late: it may still name what you have just deleted. Where it does not exist, it says so.

# %%
tagging = boto3.client("resourcegroupstaggingapi")
filters = [{"Key": key, "Values": [value]} for key, value in tags.items()]
try:
    witnessed = pages(tagging, "get_resources", "ResourceTagMappingList[].ResourceARN", TagFilters=filters)
    print(*witnessed, sep="\n")
except ClientError as error:
    print(error.response["Error"]["Message"])

# %% [markdown] lang="es"
# ¿Y lo que las etiquetas **no ven**? Un grupo de logs de una función que se borró a mano, o que Lambda volvió a crear con
# los últimos mensajes, no tiene ninguna. Los que empiecen por tu prefijo y no lleven dueño salen aquí; si son tuyos (y no
# de alguien cuyo prefijo empieza como el tuyo), bórralos con `logs.delete_log_group`.

# %% [markdown] lang="en"
# And what tags **do not see**? The log group of a function that was deleted by hand, or that Lambda made again with the last
# messages, has none. Those that start with your prefix and carry no owner come up here; if they are yours (and not of
# someone whose prefix starts like yours), delete them with `logs.delete_log_group`.


# %%
def ownerless():
    return [
        name for name in named_log_groups() if "prefix" not in (tags_if_there(log_group_tags, name) or {})
    ]


print(*listed(ownerless) or [t("lesson_09.none_ownerless")], sep="\n")

# %% [markdown] lang="es"
# Y lo de tu compañera, intacto. Lo quitamos nosotros, que para eso lo pusimos:

# %% [markdown] lang="en"
# And your classmate's, untouched. We take it away ourselves, since we put it there:

# %%
print(topic_tags(f"{prefix}-classmate-alerts"))
with reported("deleted", classmate_topic):
    sns.delete_topic(TopicArn=classmate_topic)

# %% [markdown] lang="es"
# El veredicto. Si algo falló, la celda no pasa: lee los ✗ de arriba, arréglalo y ejecuta **el cuaderno entero** otra vez;
# seguirá por donde iba.

# %% [markdown] lang="en"
# The verdict. If anything failed, this cell does not pass: read the ✗ above, put it right and run **the whole notebook**
# again; it goes on from where it was.

# %%
if failures or any(left.values()):
    count = sum(map(len, left.values()))
    raise CheckFailed(t("lesson_09.not_finished", failures=len(failures), left=count))
print("✓", t("lesson_09.finished"))

# %% [markdown] lang="es"
# ## Ejercicio 1 · El olvido
#
# Completa la función: cuántos dólares cuesta dejar encendido un stream **sin un solo voto** durante `days` días. Un stream
# *provisioned* paga cada shard; uno *on-demand*, el stream, tenga los shards que tenga.
#
# <details><summary>Pista</summary>
#
# <code>SHARD_HOUR</code> y <code>ON_DEMAND_HOUR</code> son precios por hora. Un día tiene 24.
#
# </details>

# %% [markdown] lang="en"
# ## Exercise 1 · Forgetting
#
# Complete the function: how many dollars it costs to leave a stream on **without a single vote** for `days` days. A
# *provisioned* stream pays for each shard; an *on-demand* one for the stream, however many shards it has.
#
# <details><summary>Hint</summary>
#
# <code>SHARD_HOUR</code> and <code>ON_DEMAND_HOUR</code> are prices per hour. A day has 24.
#
# </details>


# %% tags=["exercise"]
def forgotten_cost(mode, shards, days):
    # stub
    # return ...
    # solution
    hourly = ON_DEMAND_HOUR if mode == "ON_DEMAND" else shards * SHARD_HOUR
    return hourly * 24 * days
    # end


# %%
await lesson.check("forgotten_cost", function=forgotten_cost)

# %% [markdown] lang="es"
# ## Ejercicio 2 · ¿De quién es?
#
# Quien da la clase mira la cuenta al acabar. Completa la función: recibe las etiquetas de un recurso (un diccionario, quizá
# vacío) y devuelve el **prefijo** de quien lo creó con este cuaderno, o `None` si no es de este cuaderno.
#
# <details><summary>Pista</summary>
#
# Todo lo de este cuaderno lleva <code>project</code> con el valor de <code>tags["project"]</code>. Y
# <code>diccionario.get(clave)</code> da <code>None</code> si la clave no está.
#
# </details>

# %% [markdown] lang="en"
# ## Exercise 2 · Whose is it?
#
# Whoever gives the class looks at the account when it ends. Complete the function: it gets a resource's tags (a dictionary,
# perhaps empty) and returns the **prefix** of whoever made it with this workbook, or `None` if it is not of this workbook.
#
# <details><summary>Hint</summary>
#
# Everything of this workbook carries <code>project</code> with the value of <code>tags["project"]</code>. And
# <code>dictionary.get(key)</code> gives <code>None</code> if the key is not there.
#
# </details>


# %% tags=["exercise"]
def owner(found_tags):
    # stub
    # return ...
    # solution
    if found_tags.get("project") == tags["project"]:
        return found_tags.get("prefix")
    return None
    # end


# %%
await lesson.check("owner", function=owner)

# %% [markdown] lang="es"
# Y una comprobación sin ejercicio: otra mirada a la cuenta, ahora por **nombre**. Pregunta por cada cosa que crean las
# lecciones, y AWS tiene que contestar que no la conoce.

# %% [markdown] lang="en"
# And a check without an exercise: another look at the account, by **name** this time. It asks for each thing that the
# lessons make, and AWS must answer that it does not know it.

# %%
await lesson.check("nothing_left")

# %% [markdown] lang="es"
# ## Comprueba lo que sabes

# %% [markdown] lang="en"
# ## Check what you know

# %%
lesson.quiz()

# %% [markdown] lang="es"
# ## Ideas clave
#
# - Se borra de fuera adentro: mapeo, función y API, stream, tabla y colas, logs, roles; a un rol, antes, sus políticas.
# - El nombre orienta; la **etiqueta** decide. Etiqueta al crear, y lo que AWS crea por ti, en cuanto exista.
# - Un borrado que se traga los errores es una factura futura: enséñalos, sigue, y no lo des por bueno hasta listar y no
#   encontrar nada.
# - Lo que se paga por uso apenas cuesta en una clase; lo que se paga por **hora** es el stream.
#
# ## Hasta aquí
#
# Has construido un flujo de datos en tiempo real de punta a punta, sabes qué hace cada pieza y lo has dejado todo como
# estaba. Las lecciones 6 (logs) y 7 (buenas prácticas) están en preparación. Mientras tanto:
#
# - Repítelo en AWS de verdad: los mismos cuadernos con `target = "aws"`. Empieza y acaba por este.
# - La región local sigue encendida y no cuesta nada; se para con `python -m helpers.region stop`.
# - Cambia la votación por datos tuyos: unos sensores, unos clics, los pedidos de una tienda. El stream es el mismo.
#
# Gracias por llegar hasta el final.

# %% [markdown] lang="en"
# ## Key points
#
# - Delete from the outside in: mapping, function and API, stream, table and queues, logs, roles; and before a role, its
#   policies.
# - The name guides; the **tag** decides. Tag when you create, and what AWS creates for you, as soon as it exists.
# - A clean-up that swallows errors is a future bill: show them, go on, and do not call it done until you list and find
#   nothing.
# - What is paid by use costs next to nothing in a class; what is paid by the **hour** is the stream.
#
# ## So far
#
# You have built a real-time data pipeline from end to end, you know what each piece does, and you have left everything as
# it was. Lessons 6 (logs) and 7 (good practices) are in preparation. Meanwhile:
#
# - Do it again on real AWS: the same notebooks with `target = "aws"`. Begin and end with this one.
# - The local region is still on and costs nothing; `python -m helpers.region stop` stops it.
# - Swap the votes for data of your own: sensors, clicks, the orders of a shop. The stream is the same.
#
# Thank you for coming all the way.

# %%
lesson.finish()
