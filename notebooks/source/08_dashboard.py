# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown] lang="es"
# # 8 · El panel en vivo
#
# *Tutorial, «Resultado».* · **50 min** (38 de recorrido + 12 de ejercicios)
#
# **Al terminar** habrás puesto una página de voto delante de todo lo que has construido, con su código QR; verás en un
# panel en vivo los votos y la salud de cada pieza; y habrás comprobado, con una clase simulada, que se cuenta exactamente
# lo que se envía.
#
# **Antes:** las lecciones 2 a 5. Lo que falte lo crea la primera celda.

# %% [markdown] lang="en"
# # 8 · The live dashboard
#
# *Tutorial, "Result".* · **50 min** (38 walking through + 12 of exercises)
#
# **By the end** you will have put a voting page in front of all that you have built, with its QR code; you will watch the
# votes and the health of every part on a live dashboard; and, with a simulated class, you will have verified that exactly
# what is sent is counted.
#
# **Before:** lessons 2 to 5. Whatever is missing, the first cell builds.

# %% tags=["parameters"]
target: str = "local"  # local | aws | an endpoint URL
prefix: str = "f1-vote"  # the start of every resource's name
locale: str = "{{locale}}"  # es | en

# %% [markdown] lang="es"
# **Ejecuta primero esta celda.** Conecta con la región, te dice dónde estás y crea lo que falte de lecciones anteriores.
# Puedes repetirla cuando quieras, y hazlo siempre después de reiniciar el kernel.

# %% [markdown] lang="en"
# **Run this cell first.** It connects to the region, tells you where you are, and builds whatever is missing from earlier
# lessons. Run it again whenever you like, and always after restarting the kernel.

# %% tags=["first"]
from helpers import begin

lesson = await begin("08_dashboard", target=target, prefix=prefix, locale=locale)

# %% [markdown] lang="es"
# ## El recorrido entero
#
# Hoy están todas las piezas encendidas. Antes de añadir nada, les pedimos lista: una llamada a cada servicio.

# %% [markdown] lang="en"
# ## All the way
#
# Today every part is lit. Before adding anything we call the roll: one call to each service.

# %%
import json
import sys
import urllib.error
import urllib.request
import uuid
from datetime import UTC, datetime, timedelta

import boto3
from IPython.display import Markdown, display
from ipywidgets import VBox

from helpers import Crowd, Dashboard, Gauge, number, package, qr_code, t, until

# %%
iam = boto3.client("iam")
lambda_client = boto3.client("lambda")
apigateway = boto3.client("apigatewayv2")
kinesis = boto3.client("kinesis")
dynamodb = boto3.client("dynamodb")
cloudwatch = boto3.client("cloudwatch")

stream_name, table_name = f"{prefix}-stream", f"{prefix}-results"
producer_name, consumer_name, page_name = f"{prefix}-producer", f"{prefix}-consumer", f"{prefix}-page"
tags = lesson.names.tags
account = boto3.client("sts").get_caller_identity()["Account"]
region = kinesis.meta.region_name

# %%
apis = apigateway.get_paginator("get_apis").paginate().search("Items[]")
api = next(api for api in apis if api["Name"] == f"{prefix}-api")
api_id = api["ApiId"]
print("API", api["ApiEndpoint"])

stream = kinesis.describe_stream_summary(StreamName=stream_name)["StreamDescriptionSummary"]
print(stream_name, stream["StreamStatus"], stream["OpenShardCount"], "shards")
for name in (producer_name, consumer_name):
    print(name, lambda_client.get_function_configuration(FunctionName=name)["State"])
trigger = lambda_client.list_event_source_mappings(FunctionName=consumer_name)["EventSourceMappings"][0]
print("trigger", trigger["State"], "BatchSize", trigger["BatchSize"])
print(table_name, dynamodb.describe_table(TableName=table_name)["Table"]["TableStatus"])

# %% [markdown] lang="es"
# Es la arquitectura del «Resultado» del tutorial, de punta a punta. Le faltan dos cosas: **una cara** para quien vota y
# **ojos** para quien la cuida.
#
# ## La página de voto
#
# Un móvil necesita una página, y la página tiene que vivir en algún sitio:
#
# | Dónde | Origen de la página | Consecuencia |
# |---|---|---|
# | En un *bucket* de S3 o en tu disco | **otro** que el de la API | el navegador pregunta antes: hace falta CORS (lección 3) |
# | En la **misma API**, en la ruta `GET /` | **el mismo** | ni CORS ni consulta previa, y una sola dirección que repartir |
#
# Elegimos la segunda. Una tercera función, `page`, devuelve el HTML. Este es todo su código:

# %% [markdown] lang="en"
# It is the architecture of the tutorial's "Result", from end to end. It lacks two things: **a face** for whoever votes and
# **eyes** for whoever looks after it.
#
# ## The voting page
#
# A phone needs a page, and the page has to live somewhere:
#
# | Where | The page's origin | Consequence |
# |---|---|---|
# | In an S3 bucket, or on your disk | **another** than the API's | the browser asks first: CORS is needed (lesson 3) |
# | In the **same API**, on the route `GET /` | **the same** | neither CORS nor preflight, and a single address to give out |
#
# We choose the second. A third function, `page`, returns the HTML. This is all its code:

# %%
import io
import zipfile

archive = zipfile.ZipFile(io.BytesIO(package("page")))
print(archive.namelist())
display(Markdown(f"```python\n{archive.read('lambda_function.py').decode()}\n```"))

# %% [markdown] lang="es"
# Lee la página y la lista de candidatos **una vez**, al arrancar, y las entrega juntas. Con `Content-Security-Policy` el
# navegador prohíbe a la página hablar con nadie que no sea su propia API (`connect-src 'self'`).
#
# No llama a ningún servicio de AWS, así que su rol solo escribe logs. Es la receta de la lección 3, con menos permisos.

# %% [markdown] lang="en"
# It reads the page and the list of candidates **once**, on start, and hands them out together. With
# `Content-Security-Policy` the browser forbids the page to talk to anyone but its own API (`connect-src 'self'`).
#
# It calls no AWS service, so its role only writes logs. It is lesson 3's recipe, with fewer permissions.

# %%
role_name = f"{prefix}-page-role"
lambda_may_assume = {
    "Effect": "Allow",
    "Principal": {"Service": "lambda.amazonaws.com"},
    "Action": "sts:AssumeRole",
}
try:
    iam.create_role(
        RoleName=role_name,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [lambda_may_assume]}),
        Tags=lesson.names.tag_list,
    )
except iam.exceptions.EntityAlreadyExistsException as error:
    print(error.response["Error"]["Message"])

# %%
log_group_arn = f"arn:aws:logs:{region}:{account}:log-group:/aws/lambda/{page_name}:*"
write_logs = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
policy = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": write_logs, "Resource": log_group_arn}],
}
iam.put_role_policy(RoleName=role_name, PolicyName="page", PolicyDocument=json.dumps(policy))
print(iam.list_role_policies(RoleName=role_name)["PolicyNames"])

# %% [markdown] lang="es"
# Y la función. El rol recién creado tarda unos segundos en valer, así que, como entonces, insistimos solo con ese error.

# %% [markdown] lang="en"
# And the function. The role just made takes some seconds to hold, so, as then, we insist on that error only.


# %%
def create_page():
    try:
        lambda_client.create_function(
            FunctionName=page_name,
            Runtime=f"python3.{sys.version_info.minor}",
            Handler="lambda_function.lambda_handler",
            Role=f"arn:aws:iam::{account}:role/{role_name}",
            Code={"ZipFile": package("page")},
            Timeout=5,
            Tags=tags,
        )
    except lambda_client.exceptions.ResourceConflictException as error:
        print(error.response["Error"]["Message"])
        lambda_client.update_function_code(FunctionName=page_name, ZipFile=package("page"))


# %%
def page_is_created():
    try:
        create_page()
    except lambda_client.exceptions.InvalidParameterValueException as error:
        if "cannot be assumed by Lambda" not in str(error):
            raise
        print(error.response["Error"]["Message"])
        return False
    return True


def page_is_ready():
    found = lambda_client.get_function_configuration(FunctionName=page_name)
    return found["State"] == "Active" and found["LastUpdateStatus"] == "Successful"


await until(page_is_created, every=1, timeout=60, what="create_function")
await until(page_is_ready, timeout=60, what=page_name)

# %% [markdown] lang="es"
# ## Una ruta más
#
# La API tiene una ruta, `$default`, que lo manda todo al productor. Le añadimos `GET /` hacia la página: primero la
# **integración** (a qué función), luego la **ruta** (qué peticiones). La más concreta gana: `GET /` es para la página, y
# `POST /vote` sigue cayendo en `$default`.

# %% [markdown] lang="en"
# ## One more route
#
# The API has one route, `$default`, which sends everything to the producer. We add `GET /` towards the page: first the
# **integration** (to which function), then the **route** (which requests). The more specific one wins: `GET /` is for the
# page, and `POST /vote` still falls on `$default`.

# %%
page_arn = f"arn:aws:lambda:{region}:{account}:function:{page_name}"
if any(route["RouteKey"] == "GET /" for route in apigateway.get_routes(ApiId=api_id)["Items"]):
    print(t("lesson_08.route_exists"))
else:
    integration = apigateway.create_integration(
        ApiId=api_id, IntegrationType="AWS_PROXY", IntegrationUri=page_arn, PayloadFormatVersion="2.0"
    )
    apigateway.create_route(
        ApiId=api_id, RouteKey="GET /", Target=f"integrations/{integration['IntegrationId']}"
    )
for route in apigateway.get_routes(ApiId=api_id)["Items"]:
    print(f"{route['RouteKey']:9}", "→", route["Target"])

# %% [markdown] lang="es"
# Y el permiso que no se da solo: que esta API pueda invocar esta función.

# %% [markdown] lang="en"
# And the permission that does not come by itself: that this API may invoke this function.

# %%
try:
    lambda_client.add_permission(
        FunctionName=page_name,
        StatementId=f"api-{api_id}",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:{region}:{account}:{api_id}/*",
    )
except lambda_client.exceptions.ResourceConflictException as error:
    print(error.response["Error"]["Message"])

# %% [markdown] lang="es"
# ## Una puerta para la clase
#
# La misma API puede servirse con varios nombres: cada **etapa** (*stage*) es una puerta, con su dirección y sus límites.
# Abrimos una, `class`, solo para votar en clase. Cerrar la votación será borrar esa etapa; lo demás ni se entera.

# %% [markdown] lang="en"
# ## A door for the class
#
# One API can be served under several names: each **stage** is a door, with its own address and its own limits. We open one,
# `class`, only for voting in class. To close the polls will be to delete that stage; the rest will not even notice.

# %%
try:
    apigateway.create_stage(ApiId=api_id, StageName="class", AutoDeploy=True, Tags=tags)
except apigateway.exceptions.ConflictException as error:
    print(error.response["Error"]["Message"])
class_url = f"{api['ApiEndpoint']}/class/"


def open_page():
    try:
        with urllib.request.urlopen(class_url, timeout=35) as page:
            return page.status, page.headers["content-type"], page.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["content-type"], error.read().decode()


# %%
await until(lambda: open_page()[0] == 200, every=1, what=class_url)
status, content_type, page = open_page()
print(status, content_type, t("lesson_08.characters", count=number(len(page))))
print([address for address in ("http://", "https://", "//cdn") if address in page])

# %% [markdown] lang="es"
# Un 200, HTML, y ni una dirección de fuera (la lista está vacía): estilos, código y pilotos van dentro, así que se abre
# igual en un aula sin internet. Aquí está la puerta. **Ábrela y vota.**

# %% [markdown] lang="en"
# A 200, HTML, and not one address of elsewhere (the list is empty): styles, code and drivers are inside, so it opens just
# the same in a classroom without internet. Here is the door. **Open it and vote.**

# %%
qr_code(class_url)

# %% [markdown] lang="es"
# La página manda lo mismo que la lección 3, `{"vote": …, "voter": …}`, con `fetch`, y enseña la respuesta de la API. El
# votante es un nombre al azar que el navegador recuerda: sus votos comparten *partition key* y, con ella, shard.
#
# <details><summary><strong>Con los móviles de la clase</strong> (para quien da la clase)</summary>
#
# En AWS no hay que hacer nada: la dirección ya es pública y va por `https`. La región local, en cambio, solo escucha a
# este ordenador hasta que tú digas lo contrario, en una terminal:
#
# <pre>python -m helpers.region stop
# python -m helpers.region start --lan</pre>
#
# Después ejecuta otra vez todo el cuaderno (la región empieza vacía y la primera celda la reconstruye): el QR llevará la
# dirección de tu red. Se abre **solo** la puerta de las API; ni Jupyter ni el control de la región. Cualquiera de esa red
# podrá votar, sin contraseña y sin cifrar, así que pon antes el límite del ejercicio 2. La puerta se cierra con
# <code>stop</code>, y el siguiente <code>start</code> vuelve a quedarse en casa. Si los móviles no llegan, suele ser el
# cortafuegos de tu ordenador o una wifi que no deja hablar a sus clientes entre sí.
#
# Está probado en un navegador del tamaño de un móvil y con la dirección de red del propio ordenador, pero **no con un móvil
# de verdad**: pruébalo antes de la clase.
#
# </details>

# %% [markdown] lang="en"
# The page sends what lesson 3 sent, `{"vote": …, "voter": …}`, with `fetch`, and shows the API's answer. The voter is a
# random name that the browser remembers: its votes share a *partition key* and, with it, a shard.
#
# <details><summary><strong>With the class's phones</strong> (for whoever teaches)</summary>
#
# On AWS there is nothing to do: the address is public already, and goes over `https`. The local region, in turn, listens to
# this computer only until you say otherwise, in a terminal:
#
# <pre>python -m helpers.region stop
# python -m helpers.region start --lan</pre>
#
# Then run the whole notebook again (the region starts empty and the first cell rebuilds it): the QR code will carry your
# network's address. **Only** the door of the APIs is opened; neither Jupyter nor the control of the region. Anyone on that
# network will be able to vote, without a password and unencrypted, so set the limit of exercise 2 first. The door is closed
# with <code>stop</code>, and the next <code>start</code> stays at home again. If phones cannot reach it, it is usually your
# computer's firewall, or a wifi that does not let its clients talk to each other.
#
# It has been tried in a browser of a phone's size, and with the computer's own network address, but **not with a real
# phone**: try it before the class.
#
# </details>

# %% [markdown] lang="es"
# ## Un voto, de punta a punta
#
# Votamos por la misma puerta que la página, con un votante nuevo cada vez, y esperamos a verlo en la tabla.

# %% [markdown] lang="en"
# ## A vote, from end to end
#
# We vote through the same door as the page, as a new voter each time, and wait to see it in the table.


# %%
def post_vote(code):
    vote = json.dumps({"vote": code, "voter": f"class-{uuid.uuid4().hex[:12]}"}).encode()
    request = urllib.request.Request(f"{class_url}vote", vote, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=35) as answer:
        return answer.status, answer.read().decode()


def read_counts():
    rows = dynamodb.scan(TableName=table_name, ConsistentRead=True)["Items"]
    return {row["option_id"]["S"]: int(row["votes"]["N"]) for row in rows if "votes" in row}


# %%
total_before = sum(read_counts().values())
print(*post_vote("VER"))
await until(lambda: sum(read_counts().values()) > total_before, timeout=120, what=table_name)
read_counts()

# %% [markdown] lang="es"
# API → productor → stream → trigger → consumidor → tabla, en un par de segundos. (Los demás votos son de lecciones
# anteriores, o los que acabas de dar tú.)
#
# ## Los ojos: métricas
#
# Cada servicio de AWS deja números en [**CloudWatch**](glossary.ipynb#cell-id=cloudwatch) sin que se los pidas, uno por
# minuto. Estos son los que cuentan la salud de nuestro recorrido:
#
# | Espacio · métrica | Qué dice | Alarma si |
# |---|---|---|
# | `AWS/Kinesis` `IncomingRecords` | registros que entran al stream | – |
# | `AWS/Kinesis` `WriteProvisionedThroughputExceeded` | registros rechazados: shards llenos | hay alguno |
# | `AWS/Kinesis` `GetRecords.IteratorAgeMilliseconds` | a cuánto del final va quien lee | sube y sube |
# | `AWS/Lambda` `IteratorAge` | cuánto llevaba esperando un lote al llegar al consumidor | sube y sube |
# | `AWS/Lambda` `Errors` | invocaciones que acabaron en excepción | hay alguna |
# | `AWS/ApiGateway` `5xx` | respuestas de error nuestras a quien vota | hay alguna |
#
# La [**edad del iterador**](glossary.ipynb#cell-id=iterator-age) es *la* métrica de un stream: los registros que esperan, medidos en tiempo. A cero, el consumidor
# va al día; si crece sin parar, llega antes lo nuevo que se atiende lo viejo, o un lote que falla bloquea su shard. Y tiene
# fecha límite: a las 24 horas, lo que no se haya leído se pierde.
#
# Una función pequeña para preguntar por una métrica de los últimos 15 minutos, y dos que la resumen:

# %% [markdown] lang="en"
# API → producer → stream → trigger → consumer → table, in a couple of seconds. (The other votes are of earlier lessons, or
# those you have just cast.)
#
# ## The eyes: metrics
#
# Every AWS service leaves numbers in [**CloudWatch**](glossary.ipynb#cell-id=cloudwatch) without being asked, one a minute.
# These tell how well our pipeline is:
#
# | Namespace · metric | What it says | Alarm if |
# |---|---|---|
# | `AWS/Kinesis` `IncomingRecords` | records that enter the stream | – |
# | `AWS/Kinesis` `WriteProvisionedThroughputExceeded` | records refused: shards are full | there is one |
# | `AWS/Kinesis` `GetRecords.IteratorAgeMilliseconds` | how far from the end the reader is | it climbs and climbs |
# | `AWS/Lambda` `IteratorAge` | how long a batch had waited when it reached the consumer | it climbs and climbs |
# | `AWS/Lambda` `Errors` | invocations that ended in an exception | there is one |
# | `AWS/ApiGateway` `5xx` | our own error answers to voters | there is one |
#
# The [**iterator age**](glossary.ipynb#cell-id=iterator-age) is *the* metric of a stream: the records that wait, measured in time. At zero the consumer is up to
# date; if it grows without end, the new arrives faster than the old is attended to, or a batch that fails blocks its shard.
# And it has a deadline: after 24 hours, what was not read is lost.
#
# A small function to ask for a metric of the last 15 minutes, and two that sum it up:


# %%
def metric(statistic, namespace, name, **dimensions):
    now = datetime.now(UTC)
    answer = cloudwatch.get_metric_statistics(
        Namespace=namespace,
        MetricName=name,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        StartTime=now - timedelta(minutes=15),
        EndTime=now + timedelta(minutes=1),
        Period=60,
        Statistics=[statistic],
    )
    return [point[statistic] for point in answer["Datapoints"]]


# %%
def total(namespace, name, **dimensions):
    return sum(metric("Sum", namespace, name, **dimensions))


def worst_seconds(namespace, name, **dimensions):
    milliseconds = metric("Maximum", namespace, name, **dimensions)
    return max(milliseconds) / 1000 if milliseconds else None


# %% [markdown] lang="es"
# Un **indicador** (`Gauge`) es una cifra con nombre y, si se le pone, un valor a partir del cual es una alarma. Esta
# función los lee todos: será la mitad del panel.

# %% [markdown] lang="en"
# A **gauge** (`Gauge`) is a figure with a name and, if given one, a value from which it is an alarm. This function reads
# them all: it will be half of the dashboard.


# %%
def read_gauges():
    stream, age = {"StreamName": stream_name}, {"unit": "s", "alarm": 60, "decimals": 1}
    refused = total("AWS/Kinesis", "WriteProvisionedThroughputExceeded", **stream)
    behind = worst_seconds("AWS/Kinesis", "GetRecords.IteratorAgeMilliseconds", **stream)
    waited = worst_seconds("AWS/Lambda", "IteratorAge", FunctionName=consumer_name)
    return [
        Gauge("IncomingRecords", total("AWS/Kinesis", "IncomingRecords", **stream)),
        Gauge("WriteThroughputExceeded", refused, alarm=1),
        Gauge("GetRecords.IteratorAge", behind, **age),
        Gauge("IteratorAge", waited, **age),
        Gauge("Errors · producer", total("AWS/Lambda", "Errors", FunctionName=producer_name), alarm=1),
        Gauge("Errors · consumer", total("AWS/Lambda", "Errors", FunctionName=consumer_name), alarm=1),
        Gauge("5xx · API", total("AWS/ApiGateway", "5xx", ApiId=api_id), alarm=1),
    ]


# %%
for gauge in read_gauges():
    print(gauge)

# %% [markdown] lang="es"
# En AWS estas cifras llegan con uno o dos minutos de retraso: al principio verás menos de lo que esperas. En la región
# local, al instante. (Si hace un rato provocaste fallos en otra lección, aquí siguen: son 15 minutos de memoria.)
#
# ## El panel
#
# `Dashboard` junta las dos mitades: llama a tu `read_counts` cada segundo y a tu `read_gauges` cada cinco. De los
# recuentos saca además **votos contados por segundo**.

# %% [markdown] lang="en"
# On AWS these figures arrive a minute or two late: at first you will see less than you expect. In the local region, at
# once. (If you caused failures in another lesson a while ago, here they still are: it is 15 minutes of memory.)
#
# ## The dashboard
#
# `Dashboard` joins both halves: it calls your `read_counts` every second and your `read_gauges` every five. From the counts
# it also works out **votes counted per second**.

# %%
dashboard = Dashboard(read_counts, read_gauges).start()
dashboard

# %% [markdown] lang="es"
# Vota otra vez en la página y mira cómo llega. El panel sigue vivo mientras ejecutas las celdas de abajo.
#
# ## Una clase entera
#
# Para comparar luego con exactitud, empezamos cuando nadie esté votando: dos lecturas seguidas iguales, con tres segundos
# entre ellas. Lo que haya en ese momento es el punto de partida.

# %% [markdown] lang="en"
# Vote again on the page and watch it arrive. The dashboard stays alive while you run the cells below.
#
# ## A whole class
#
# To compare exactly afterwards, we begin when nobody is voting: two readings in a row alike, three seconds apart. What there
# is at that moment is the starting point.

# %%
readings = []


def nobody_votes():
    readings.append(read_counts())
    return len(readings) > 1 and readings[-1] == readings[-2]


await until(nobody_votes, every=3, what=t("lesson_08.nobody_votes"))
before = readings[-1]

# %% [markdown] lang="es"
# Ahora, 240 personas con su móvil, a lo largo de veinte segundos, por la puerta `class`. La celda enseña la barra de
# progreso con el mismo panel debajo; la siguiente las pone a votar.

# %% [markdown] lang="en"
# Now 240 people with their phones, over twenty seconds, through the door `class`. The cell shows the progress bar with the
# same dashboard below it; the next one sets them voting.

# %%
crowd = Crowd(post_vote, voters=240, seconds=20)
VBox([crowd, dashboard])

# %%
tally = await crowd.run()
tally

# %% [markdown] lang="es"
# ## El escrutinio
#
# Esperamos a que el panel muestre tantos votos nuevos como aceptó la API, y ponemos las dos cuentas una al lado de la otra:
# **enviados** y **contados**.

# %% [markdown] lang="en"
# ## The final tally
#
# We wait until the dashboard shows as many new votes as the API accepted, and put both counts side by side: **sent** and
# **counted**.


# %%
def all_counted(counts):
    return sum(counts.values()) - sum(before.values()) >= tally.sent.total()


counts = await dashboard.chart.show_until(all_counted, timeout=120)
for code, sent in tally.sent.most_common():
    counted = counts.get(code, 0) - before.get(code, 0)
    print(f"{code:5}{sent:5}{counted:5}", "✓" if sent == counted else "✗")

# %% [markdown] lang="es"
# Y para no fiarnos de la vista, que lo compruebe el cuaderno: vuelve a leer la tabla y compara piloto por piloto.

# %% [markdown] lang="en"
# And so as not to trust our eyes, let the notebook check: it reads the table again and compares driver by driver.

# %%
await lesson.check("final_tally", before=before, sent=tally.sent)

# %%
await dashboard.refresh()
for gauge in dashboard.gauges:
    print(gauge)

# %% [markdown] lang="es"
# En `IncomingRecords` están los votos de la clase (en AWS, dentro de un minuto o dos). `IteratorAge` ronda un segundo, si no
# vienes de provocar averías: es la ventana del trigger, que espera a que el lote se llene. Nadie se ha quedado atrás.
#
# ## Ver algo en rojo
#
# Un panel que nunca se ha visto en rojo no es de fiar. Invocamos al consumidor con un evento que no es un lote, `{}`. No
# pasa por el stream, así que no bloquea nada.

# %% [markdown] lang="en"
# In `IncomingRecords` are the class's votes (on AWS, in a minute or two). `IteratorAge` is around a second, unless you come
# from causing breakdowns: it is the trigger's window, which waits for the batch to fill. Nobody has fallen behind.
#
# ## See something in red
#
# A dashboard never seen in red is not to be trusted. We invoke the consumer with an event that is no batch, `{}`. It does
# not go through the stream, so it blocks nothing.


# %%
def consumer_errors():
    return total("AWS/Lambda", "Errors", FunctionName=consumer_name)


errors_before = consumer_errors()
answer = lambda_client.invoke(FunctionName=consumer_name, Payload="{}")
failure = json.loads(answer["Payload"].read())
print(answer["FunctionError"], failure["errorType"], failure["errorMessage"])
await until(lambda: consumer_errors() > errors_before, every=2, timeout=300, what="Errors · consumer")

# %%
await dashboard.refresh()
print(*[gauge for gauge in dashboard.gauges if gauge.is_alarm], sep="\n")

# %% [markdown] lang="es"
# Sube al panel: el indicador del consumidor está en rojo, y lo dice también con palabras. Por qué ha fallado no lo dirá
# ninguna métrica: para eso están los **logs** (lección 6).
#
# Y una trampa: el **productor** atrapa sus excepciones y contesta un 500 bien educado. Para Lambda es una invocación
# correcta, así que no suma en `Errors`. Por eso el panel mira también `5xx` en la API: cada avería se ve donde se nota.

# %% [markdown] lang="en"
# Go up to the dashboard: the consumer's gauge is red, and says so in words as well. Why it failed, no metric will tell: that
# is what **logs** are for (lesson 6).
#
# And a trap: the **producer** catches its exceptions and answers a well-mannered 500. To Lambda that is a successful
# invocation, so it adds nothing to `Errors`. That is why the dashboard also looks at `5xx` of the API: each breakdown shows
# where it is felt.

# %% [markdown] lang="es"
# ## Ejercicio 1 · ¿Qué porcentaje falla?
#
# Tres errores en tres invocaciones son una catástrofe; tres en un millón, un martes. Completa la función: el **porcentaje**
# de invocaciones con error de una función en los últimos 15 minutos (de 0 a 100). Si no hubo invocaciones, 0.
#
# <details><summary>Pista</summary>
#
# La función <code>total</code> ya suma una métrica. Hacen falta dos: <code>Errors</code> e <code>Invocations</code>.
#
# </details>

# %% [markdown] lang="en"
# ## Exercise 1 · What percentage fails?
#
# Three errors in three invocations are a catastrophe; three in a million, a Tuesday. Complete the function: the
# **percentage** of a function's invocations that ended in an error in the last 15 minutes (0 to 100). Without invocations, 0.
#
# <details><summary>Hint</summary>
#
# The function <code>total</code> already sums a metric. Two are needed: <code>Errors</code> and <code>Invocations</code>.
#
# </details>


# %% tags=["exercise"]
def error_rate(function_name):
    # stub
    # return ...
    # solution
    errors = total("AWS/Lambda", "Errors", FunctionName=function_name)
    invocations = total("AWS/Lambda", "Invocations", FunctionName=function_name)
    return 100 * errors / invocations if invocations else 0
    # end


# %%
await lesson.check("error_rate", function=error_rate)
print(consumer_name, number(error_rate(consumer_name), 1), "%")

# %% [markdown] lang="es"
# ## Ejercicio 2 · Un límite en la puerta
#
# Cualquiera con la dirección puede votar mil veces. API Gateway sabe frenar: cada etapa admite un ritmo sostenido
# (`ThrottlingRateLimit`, peticiones por segundo) y una ráfaga (`ThrottlingBurstLimit`). Pon a la etapa `class` un límite de
# **20 por segundo y ráfagas de 20** con `apigateway.update_stage`, y guarda la respuesta en `limited_stage`.
#
# <details><summary>Pista</summary>
#
# <code>update_stage</code> pide <code>ApiId</code>, <code>StageName</code> y, para todas las rutas de la etapa,
# <code>DefaultRouteSettings</code>: un diccionario con los dos límites.
#
# </details>

# %% [markdown] lang="en"
# ## Exercise 2 · A limit at the door
#
# Anyone with the address can vote a thousand times. API Gateway can brake: each stage takes a steady rate
# (`ThrottlingRateLimit`, requests a second) and a burst (`ThrottlingBurstLimit`). Give the stage `class` a limit of **20 a
# second and bursts of 20** with `apigateway.update_stage`, and keep the answer in `limited_stage`.
#
# <details><summary>Hint</summary>
#
# <code>update_stage</code> wants <code>ApiId</code>, <code>StageName</code> and, for all of the stage's routes,
# <code>DefaultRouteSettings</code>: a dictionary with both limits.
#
# </details>

# %% tags=["exercise"]
# stub
# limited_stage = ...
# solution
limited_stage = apigateway.update_stage(
    ApiId=api_id,
    StageName="class",
    DefaultRouteSettings={"ThrottlingRateLimit": 20, "ThrottlingBurstLimit": 20},
)
# end

# %%
await lesson.check("limited_stage", stage=limited_stage)

# %% [markdown] lang="es"
# Veámoslo actuar: 300 votos de golpe, de 32 en 32, sin esperar entre uno y otro.

# %% [markdown] lang="en"
# Let us see it act: 300 votes at one go, 32 at a time, without waiting in between.

# %%
before = read_counts()
crowd = Crowd(post_vote, voters=300, seconds=0, at_once=32)
display(crowd)
tally = await crowd.run()
tally

# %% [markdown] lang="es"
# Los que no caben reciben **429, Too Many Requests**: la API los rechaza en la puerta, sin invocar la función ni gastar
# stream, y la página de voto pide a esa persona que espere. (En AWS el límite es orientativo: puede colarse alguno más.)
#
# ¿Y los que sí entraron? Contados, ni uno más ni uno menos:

# %% [markdown] lang="en"
# Those that do not fit get **429, Too Many Requests**: the API refuses them at the door, without invoking the function or
# spending stream, and the voting page asks that person to wait. (On AWS the limit is a target: a few more may slip in.)
#
# And those that did get in? Counted, not one more, not one less:

# %%
await dashboard.chart.show_until(all_counted, timeout=120)
await lesson.check("final_tally", before=before, sent=tally.sent)

# %% [markdown] lang="es"
# Así queda el panel, quieto, para guardarlo con el cuaderno:

# %% [markdown] lang="en"
# This is the dashboard as it stands, still, to be saved with the notebook:

# %%
dashboard.stop()
dashboard.snapshot()

# %% [markdown] lang="es"
# ## Comprueba lo que sabes

# %% [markdown] lang="en"
# ## Check what you know

# %%
lesson.quiz()

# %% [markdown] lang="es"
# ## Ideas clave
#
# - Servir la página desde la misma API la pone en el mismo origen: sin CORS y con una sola dirección.
# - Una etapa es una puerta con su dirección y sus límites; lo que no cabe se rechaza con un 429 antes de costar nada.
# - La edad del iterador mide lo que espera en el stream. Si crece sin parar, mira errores y capacidad, y recuerda las 24
#   horas.
# - Cada avería se ve donde se nota: `Errors` son excepciones; un 500 educado solo aparece en la API.
# - El escrutinio es la prueba final: lo contado es lo enviado.
#
# **Siguiente:** [9 · Limpiar](09_cleanup.ipynb). En AWS, hazla hoy: el stream se paga por hora, vote alguien o no.

# %% [markdown] lang="en"
# ## Key points
#
# - Serving the page from the same API puts it in the same origin: no CORS, and a single address.
# - A stage is a door with its own address and limits; what does not fit is refused with a 429 before it costs anything.
# - The iterator age measures what waits in the stream. If it grows without end, look at errors and capacity, and remember
#   the 24 hours.
# - Each breakdown shows where it is felt: `Errors` are exceptions; a polite 500 appears at the API only.
# - The tally is the final proof: what is counted is what was sent.
#
# **Next:** [9 · Clean up](09_cleanup.ipynb). On AWS, do it today: the stream is paid by the hour, votes or no votes.

# %%
lesson.finish()
